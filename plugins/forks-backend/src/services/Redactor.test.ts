import fc from 'fast-check';
import { Redactor } from './Redactor';

describe('Redactor', () => {
  it('leaves no trace of a known secret, in whatever text it stands', () => {
    fc.assert(
      fc.property(
        fc
          .string({ minLength: 4 })
          .filter(value => value.trim().length >= 4 && !value.includes('*')),
        fc.string(),
        fc.string(),
        (secret, before, after) => {
          const redacted = new Redactor([secret]).redact(
            `${before}${secret}${after}`,
          );
          expect(redacted).not.toContain(secret.trim());
        },
      ),
    );
  });

  it('knows a secret by other ways to write it', () => {
    const secret = 'p@ss "word"/1';
    const redactor = new Redactor([secret, undefined, '']);
    for (const written of [
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(secret).toString('hex'),
    ]) {
      const redacted = redactor.redact(`before ${written} after`);
      expect(redacted).toMatch(/^before "?\*\*\*=*"? after$/);
    }
  });

  it('knows each line of a secret of several lines', () => {
    const redactor = new Redactor(['first line\nsecond line']);
    expect(redactor.redact('x second line x')).toBe('x *** x');
  });

  it('takes the longer of two secrets that overlap', () => {
    expect(new Redactor(['abcd', 'abcdefgh']).redact('abcdefgh')).toBe('***');
  });

  it('leaves ordinary words alone although a secret is very short', () => {
    expect(new Redactor(['a', 'on']).redact('a song')).toBe('a song');
  });

  it.each([
    [`token ghp_${'a'.repeat(36)}`, 'token ***'],
    [`github_pat_${'a'.repeat(30)}`, '***'],
    ['Authorization: Bearer abc.def-ghi_jkl', 'Authorization: Bearer ***'],
    [
      'postgres://shop:hunter2@db.example.com/shop',
      'postgres://shop:***@db.example.com/shop',
    ],
    [
      'https://x-access-token:ghs_1@github.com/a/b',
      'https://x-access-token:***@github.com/a/b',
    ],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIE', '***'],
  ])('recognizes a credential nobody told it of in %j', (text, redacted) => {
    expect(new Redactor([]).redact(text)).toBe(redacted);
  });
});
