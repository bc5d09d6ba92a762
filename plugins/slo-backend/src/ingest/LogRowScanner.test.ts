import fc from 'fast-check';
import { logRow } from './__testUtils__/rows';
import { LogRowScanner } from './LogRowScanner';

const scan = (line: string) =>
  new LogRowScanner(Buffer.from(`${line}\n{}\n`)).scan(0);

const ROW = [
  'source',
  'timestamp',
  'projectId',
  'deploymentId',
  'environment',
  'requestId',
  'statusCode',
  'path',
  'traceId',
];
const PROXY = ['timestamp', 'statusCode', 'path', 'userAgent'];

/** What `JSON.parse` finds of what counts. */
function parse(line: string): object {
  const row = JSON.parse(line);
  const pick = (from: Record<string, unknown>, names: string[]) =>
    Object.fromEntries(names.map(name => [name, from[name]]));
  const proxy = row.proxy && pick(row.proxy, PROXY);
  if (Array.isArray(proxy?.userAgent)) [proxy.userAgent] = proxy.userAgent;
  return { ...pick(row, ROW), proxy };
}

const at = 1_763_726_400_000;
const documented = logRow({
  requestId: 'fra1::abc-1',
  at,
  more: {
    message: 'größe 😀 \n\t"quoted" \u0001 \\',
    traceId: 'a'.repeat(32),
    spanId: null,
    list: [],
    nested: { a: [1, -0.5e-3, 1e21, true, { b: false }, []], proxy: {} },
  },
});

const space = fc.constantFrom('', '', '', ' ', '\t', '\r ');
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('dpl_1', 'é', '"', '\\', '\u0007', '{', ']', 'proxy'),
);
const escaped = text.map(
  value =>
    `"${Array.from({ length: value.length }, (_, index) =>
      value.charCodeAt(index).toString(16).padStart(4, '0'),
    )
      .map(hex => `\\u${hex}`)
      .join('')}"`,
);
const scalar = fc
  .oneof(
    text,
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(0, -1, at, 9_999_999_999_999_999, 1e21, true, null),
  )
  .map(value => JSON.stringify(value));
const name = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('proxy', ...ROW, 'userAgent') },
  { weight: 1, arbitrary: text },
);
const inside = (begin: string, parts: fc.Arbitrary<string>, end: string) =>
  fc
    .array(
      fc.tuple(space, parts, space).map(spaced => spaced.join('')),
      { maxLength: 6 },
    )
    .map(all => `${begin}${all.join(',')}${end}`);
/** Objects in JSON with whatever spaces, escapes and repeated keys. */
const { object } = fc.letrec<{ object: string; value: string }>(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    escaped,
    inside('[', tie('value'), ']'),
    tie('object'),
  ),
  object: inside(
    '{',
    fc
      .tuple(
        fc.oneof(
          { weight: 9, arbitrary: name.map(key => JSON.stringify(key)) },
          { weight: 1, arbitrary: escaped },
        ),
        space,
        fc.constant(':'),
        space,
        tie('value'),
      )
      .map(parts => parts.join('')),
    '}',
  ),
}));

/** Puts something else in the place of some characters. */
const spoiled = (line: fc.Arbitrary<string>) =>
  fc
    .tuple(
      line,
      fc.array(
        fc.tuple(
          fc.nat(2_000),
          fc.nat(2),
          fc.oneof(
            fc.constantFrom(...'{}[]",:\\ \t-+.0123eEtrufals\u0000\u007fé'),
            fc.constantFrom('', '\\u', '"path":', 'null', '\ud800', '\ufeff'),
          ),
        ),
        { maxLength: 3 },
      ),
    )
    .map(([whole, changes]) =>
      changes.reduce((held, [place, length, other]) => {
        const from = place % (held.length + 1);
        return held.slice(0, from) + other + held.slice(from + length);
      }, whole),
    );

describe('LogRowScanner', () => {
  it('takes a row as it is documented, whatever else is in it', () => {
    const line = JSON.stringify(documented);
    expect(scan(line)).toEqual(parse(line));
    expect(scan(line)).toMatchObject({
      requestId: 'fra1::abc-1',
      proxy: { timestamp: at, userAgent: 'curl' },
    });
    expect(scan(` { "path" : "/" , "statusCode" : -1 }\r`)).toMatchObject({
      path: '/',
      statusCode: -1,
    });
  });

  it('says where the next line begins', () => {
    const lines = [documented, documented].map(row => JSON.stringify(row));
    const scanner = new LogRowScanner(Buffer.from(`${lines.join('\n')}\n`));
    expect(scanner.scan(0)).toBeDefined();
    expect(scanner.end).toBe(Buffer.byteLength(lines[0]));
    expect(scanner.scan(scanner.end + 1)).toEqual(parse(lines[1]));
  });

  it.each([
    ['a field that comes twice', '{"path":"/a","path":"/b"}'],
    ['a field with an escape', '{"path":"/\\u0061"}'],
    ['a field whose name has an escape', '{"p\\u0061th":"/a"}'],
    ['a field beyond ASCII', '{"path":"/ä"}'],
    ['a field of another type', '{"proxy":null}'],
    ['several user agents', '{"proxy":{"userAgent":["a","b"]}}'],
    ['a number that is not whole', '{"statusCode":200.5}'],
    ['a number with an exponent', '{"statusCode":2e2}'],
    ['great depth', `{"a":${'['.repeat(99)}${']'.repeat(99)}}`],
  ])('leaves %s to JSON.parse', (_, line) => {
    expect(() => JSON.parse(line)).not.toThrow();
    expect(scan(line)).toBeUndefined();
  });

  it.each([
    '{"path":"/a",}',
    '{"a":[1,]}',
    '{"a":[,1]}',
    '{,"a":1}',
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{"a":}',
    '{a:1}',
    '{"a":01}',
    '{"statusCode":0200}',
    '{"statusCode":+200}',
    '{"statusCode":-}',
    '{"a":-}',
    '{"a":1.}',
    '{"a":.5}',
    '{"a":1e}',
    '{"a":1e+}',
    '{"a":nul}',
    '{"a":truer}',
    '{"a":"\\x"}',
    '{"a":"\\u00g0"}',
    '{"a":"\t"}',
    '{"a":"}',
    '{"path":"\t"}',
    '{"a":[1}',
    '{"a":1',
    '{"a":1}}',
    '{"a":1}{',
    '{',
    '',
  ])('takes no line that is wrong: %s', line => {
    expect(() => JSON.parse(line)).toThrow();
    expect(scan(line)).toBeUndefined();
  });

  it('never finds anything that JSON.parse does not', () => {
    let taken = 0;
    const check = (line: string) => {
      const row = scan(line);
      if (!row) return;
      taken += 1;
      expect(row).toEqual(parse(line));
    };
    const lines = spoiled(
      fc.oneof(object, fc.constant(JSON.stringify(documented))),
    );
    fc.assert(fc.property(lines, check), { numRuns: 5_000 });
    expect(taken).toBeGreaterThan(500);
  });
});
