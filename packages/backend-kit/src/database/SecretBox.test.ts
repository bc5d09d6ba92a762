import { SecretBox } from './SecretBox';
import { isSignedByVercel, signAsVercel } from '../upstream/vercelSignature';

const encryptionKey = Buffer.alloc(32, 7).toString('base64');
const box = (options: { encryptionKey?: string; purpose?: string } = {}) =>
  new SecretBox({
    encryptionKey,
    configKey: 'shop.encryptionKey',
    purpose: 'shop',
    ...options,
  });

describe('SecretBox', () => {
  it('opens what it sealed, and nothing that another key or purpose did', async () => {
    const sealed = await box().seal('hush');
    expect(sealed).not.toContain('hush');
    expect(await box().open(sealed)).toBe('hush');
    const other = Buffer.alloc(32, 8).toString('base64');
    expect(await box({ encryptionKey: other }).open(sealed)).toBeUndefined();
    expect(await box({ purpose: 'other' }).open(sealed)).toBeUndefined();
    expect(await box().open('garbage')).toBeUndefined();
  });

  it('says which setting has the wrong length', () => {
    expect(() => box({ encryptionKey: 'short' })).toThrow(
      /'shop.encryptionKey' holds 3 bytes/,
    );
  });
});

describe('isSignedByVercel', () => {
  const rawBody = [Buffer.from('{"a":'), Buffer.from('1}')];

  it('takes the signature of any of the secrets, over all pieces', () => {
    const signature = signAsVercel(rawBody, 'two');
    expect(signature).toBe(signAsVercel([Buffer.concat(rawBody)], 'two'));
    expect(isSignedByVercel(['one', 'two'], { rawBody, signature })).toBe(true);
  });

  it('refuses other secrets, other bodies and no signature', () => {
    const signature = signAsVercel(rawBody, 'two');
    expect(isSignedByVercel(['one'], { rawBody, signature })).toBe(false);
    expect(isSignedByVercel([], { rawBody, signature })).toBe(false);
    expect(
      isSignedByVercel(['two'], { rawBody: [rawBody[0]], signature }),
    ).toBe(false);
    expect(isSignedByVercel(['two'], { rawBody, signature: '' })).toBe(false);
  });
});
