import fc from 'fast-check';
import { judgeHeaders } from './judgeHeaders';
import {
  DEFAULT_ALLOWED_LICENSES,
  isSpdxId,
  judgeLicense,
} from './licensePolicy';
import { readLockfile } from './readLockfile';

describe('judgeLicense', () => {
  it.each([
    ['MIT', 'allowed'],
    ['(MIT OR GPL-3.0-only)', 'allowed'],
    ['MIT AND Apache-2.0', 'allowed'],
    ['Apache-2.0 WITH LLVM-exception', 'allowed'],
    ['GPL-3.0-only', 'refused'],
    ['GPL-2.0-or-later', 'refused'],
    ['MIT AND GPL-3.0-only', 'refused'],
    ['SEE LICENSE IN LICENSE.md', 'unknown'],
    ['UNLICENSED', 'unknown'],
    ['MIT/X11', 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
    [`MIT${' OR MIT'.repeat(100)}`, 'unknown'],
  ])('says of %j: %s', (expression, verdict) => {
    expect(judgeLicense(expression, DEFAULT_ALLOWED_LICENSES)).toBe(verdict);
  });

  it('takes no time for an expression that multiplies out to millions', () => {
    const expression = Array(28).fill('(MIT OR ISC)').join(' AND ');
    const start = performance.now();
    expect(judgeLicense(expression, ['MIT'])).toBe('allowed');
    expect(performance.now() - start).toBeLessThan(200);
  });

  it('allows an OR when it allows a part, and an AND only when it allows both', () => {
    const licenses = fc.constantFrom(
      'MIT',
      'ISC',
      'GPL-3.0-only',
      'AGPL-3.0-only',
    );
    const allowed = ['MIT', 'ISC'];
    const isAllowed = (license: string) => allowed.includes(license);
    fc.assert(
      fc.property(licenses, licenses, (left, right) => {
        expect(judgeLicense(`${left} OR ${right}`, allowed) === 'allowed').toBe(
          isAllowed(left) || isAllowed(right),
        );
        expect(
          judgeLicense(`${left} AND ${right}`, allowed) === 'allowed',
        ).toBe(isAllowed(left) && isAllowed(right));
      }),
    );
  });

  it('takes only single ids for a list', () => {
    expect(DEFAULT_ALLOWED_LICENSES.filter(id => !isSpdxId(id))).toEqual([]);
    expect(isSpdxId('MIT OR ISC')).toBe(false);
    expect(isSpdxId('The MIT License')).toBe(false);
  });
});

describe('readLockfile', () => {
  const read = (packages: unknown, lockfileVersion = 3) =>
    readLockfile(
      'package-lock.json',
      JSON.stringify({ lockfileVersion, packages }),
    );

  it('gives what is installed for the product, by the name of the package', () => {
    expect(
      read({
        '': { name: 'shop', license: 'GPL-3.0-only' },
        'node_modules/a': { version: '1.0.0', license: 'MIT' },
        'node_modules/a/node_modules/@scope/b': { license: { type: 'ISC' } },
        'node_modules/alias': { name: 'real', license: 7 },
        'node_modules/linked': { link: true },
        'node_modules/tool': { dev: true, license: 'AGPL-3.0-only' },
        'packages/own': { license: 'UNLICENSED' },
      }),
    ).toEqual([
      { name: 'a', version: '1.0.0', license: 'MIT' },
      { name: '@scope/b', version: undefined, license: 'ISC' },
      { name: 'real', version: undefined, license: undefined },
    ]);
  });

  it.each([
    ['{', 'is no JSON'],
    ['[]', 'version 2 or 3'],
    ['{"lockfileVersion":1,"dependencies":{}}', 'version 2 or 3'],
    ['{"lockfileVersion":3,"packages":{"node_modules/a":5}}', 'version 2 or 3'],
  ])('refuses %j, for an unread lockfile is no clean one', (text, message) => {
    expect(() => readLockfile('package-lock.json', text)).toThrow(message);
  });
});

describe('judgeHeaders', () => {
  const judge = (address: string, headers: Record<string, string> = {}) =>
    judgeHeaders({ url: new URL(address), headers }).map(({ rule }) => rule);

  const good = {
    'strict-transport-security': 'max-age=31536000',
    'content-security-policy': "default-src 'self'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  };

  it('finds nothing in what is as it should be', () => {
    expect(judge('https://shop.example', good)).toEqual([]);
  });

  it('finds everything that is missing', () => {
    expect(judge('https://shop.example')).toEqual([
      'strict-transport-security',
      'content-security-policy',
      'x-content-type-options',
      'frame-ancestors',
      'referrer-policy',
    ]);
  });

  it('asks for https, but not on this machine, where HSTS has no meaning either', () => {
    expect(judge('http://shop.example', good)).toEqual(['https']);
    expect(judge('http://shop.localhost:4393', good)).toEqual([]);
  });

  it.each([
    ['strict-transport-security', 'max-age=0', false],
    ['strict-transport-security', 'includeSubDomains', false],
    ['strict-transport-security', 'max-age="300"', true],
    ['x-content-type-options', 'NoSniff', true],
    ['x-content-type-options', 'sniff', false],
    ['referrer-policy', 'unsafe-url', false],
    ['referrer-policy', 'no-referrer, strict-origin', true],
  ])('judges %s: %s', (header, value, isMet) => {
    const rules = judge('https://shop.example', { ...good, [header]: value });
    expect(rules).toEqual(isMet ? [] : [header]);
  });

  it('takes X-Frame-Options for frame-ancestors, and no report-only policy for one', () => {
    const { 'content-security-policy': _, ...rest } = good;
    expect(
      judge('https://shop.example', { ...rest, 'x-frame-options': 'DENY' }),
    ).toEqual(['content-security-policy']);
    expect(
      judge('https://shop.example', {
        ...rest,
        'content-security-policy-report-only': "default-src 'self'",
      }),
    ).toEqual(['content-security-policy', 'frame-ancestors']);
  });
});
