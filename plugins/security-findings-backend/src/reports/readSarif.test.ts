import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { readBody } from './readBody';
import { readSarif } from './readSarif';

const read = (body: Readable) => readSarif(readBody(body));
const readText = (text: string | Buffer) =>
  read(Readable.from([Buffer.from(text)]));

function result(uri: string | undefined, more: object = {}) {
  return {
    ruleId: 'no-eval',
    message: { text: 'Do not call eval' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri },
          region: { startLine: 3 },
        },
      },
    ],
    ...more,
  };
}

// Put together, because a linter takes it for one.
const SCRIPT_URL = ['javascript', 'alert(1)'].join(':');

const sarif = (results: object[], run: object = {}) =>
  JSON.stringify({ version: '2.1.0', runs: [{ results, ...run }] });

/** A report with so many results, without ever having it whole. */
function large(count: number, one = JSON.stringify(result('a.js'))) {
  const batch = Buffer.from(`${one},`.repeat(1000));
  return Readable.from(
    (function* parts() {
      yield Buffer.from('{"version":"2.1.0","runs":[{"results":[');
      for (let sent = 0; sent < count; sent += 1000) yield batch;
      yield Buffer.from(`${one}]}]}`);
    })(),
    { objectMode: false },
  );
}

describe('readSarif', () => {
  it('takes rules, messages, places, severities and ids from where tools put them', async () => {
    const { reports, commit } = await readText(
      JSON.stringify({
        runs: [
          {
            results: [
              result('src/a.js'),
              result(undefined, {
                ruleId: undefined,
                ruleIndex: 1,
                locations: [
                  { physicalLocation: { artifactLocation: { index: 1 } } },
                ],
              }),
              result('package-lock.json', {
                ruleId: 'CVE-2021-23337',
                level: 'error',
                message: {
                  text: 'Package: lodash\nInstalled Version: 4.17.20\nSee GHSA-35JH-R3H4-6JHM',
                },
              }),
            ],
            versionControlProvenance: [{ revisionId: 'A'.repeat(40) }],
            artifacts: [{}, { location: { uri: 'src/b%20b.js' } }],
            tool: {
              driver: {
                rules: [
                  {
                    id: 'no-eval',
                    shortDescription: { text: 'Code from text' },
                    helpUri: 'https://example.com/no-eval',
                    properties: {
                      'security-severity': '9.1',
                      tags: ['external/cwe/cwe-095'],
                    },
                  },
                  { id: 'second', defaultConfiguration: { level: 'note' } },
                ],
              },
            },
          },
        ],
        version: '2.1.0',
      }),
    );
    expect(commit).toBe('a'.repeat(40));
    expect(reports).toHaveLength(3);
    expect(reports).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          rule: 'no-eval',
          title: 'Code from text',
          description: 'Do not call eval',
          severity: 'critical',
          location: { path: 'src/a.js', line: 3 },
          identifiers: ['CWE-095'],
          url: 'https://example.com/no-eval',
        }),
        expect.objectContaining({
          rule: 'second',
          severity: 'low',
          location: { path: 'src/b b.js', line: undefined },
        }),
        expect.objectContaining({
          rule: 'CVE-2021-23337',
          severity: 'high',
          package: { name: 'lodash', version: '4.17.20' },
          identifiers: ['CVE-2021-23337', 'GHSA-35jh-r3h4-6jhm'],
        }),
      ]),
    );
  });

  it('leaves out what passed, is suppressed or is gone', async () => {
    const { reports } = await readText(
      sarif([
        result('a.js', { kind: 'pass' }),
        result('b.js', { kind: 'informational' }),
        result('c.js', { suppressions: [{ kind: 'inSource' }] }),
        result('d.js', { baselineState: 'absent' }),
        result('e.js', {
          kind: 'fail',
          suppressions: [{ status: 'rejected' }],
          baselineState: 'unchanged',
        }),
      ]),
    );
    expect(reports.map(({ location }) => location?.path)).toEqual(['e.js']);
  });

  it('gives a result the same fingerprint wherever its lines move, and twins different ones', async () => {
    const at = (line: number) => ({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'a.js' },
            region: { startLine: line },
          },
        },
      ],
    });
    const before = await readText(
      sarif([result('a.js', at(10)), result('a.js', at(20))]),
    );
    const after = await readText(
      sarif([result('a.js', at(27)), result('a.js', at(12))]),
    );
    const prints = before.reports.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(2);
    expect(after.reports.map(({ fingerprint }) => fingerprint)).toEqual(prints);
  });

  it.each([
    ['../../etc/passwd', undefined],
    ['src/../../x.js', undefined],
    ['%2e%2e/%2e%2e/etc/passwd', undefined],
    ['..\\..\\windows\\win.ini', undefined],
    ['/etc/passwd', undefined],
    ['//host/share/x.js', undefined],
    ['file:///etc/passwd', undefined],
    ['C:\\secrets.txt', undefined],
    ['https://example.com/x.js', undefined],
    [SCRIPT_URL, undefined],
    ['a%00.js', undefined],
    ['%zz', undefined],
    ['', undefined],
    ['./src//a/../b.js', 'src/b.js'],
    ['src\\b.js', 'src/b.js'],
    ['file:///work/repo/src/b.js', 'src/b.js'],
    ['file:///work/repo/../../etc/passwd', undefined],
  ])('takes the place %j for %j', async (uri, path) => {
    const { reports } = await readText(
      sarif([result(uri)], {
        originalUriBaseIds: { SRCROOT: { uri: 'file:///work/repo/' } },
      }),
    );
    expect(reports).toHaveLength(1);
    expect(reports[0].location?.path).toBe(path);
  });

  it('keeps text as text, without what turns it around or what a database refuses', async () => {
    const script = '<img src=x onerror=alert(1)> [click](javascript:alert(1))';
    const { reports } = await readText(
      sarif(
        [
          result('a.js', {
            message: { text: `${script}\u0000\u202e \ud800 end` },
          }),
        ],
        {
          tool: {
            driver: {
              rules: [{ id: 'no-eval', helpUri: SCRIPT_URL }],
            },
          },
        },
      ),
    );
    expect(reports[0].description).toBe(`${script} \ufffd end`);
    expect(reports[0].url).toBeUndefined();
  });

  it('cuts texts that are too long for a list', async () => {
    const { reports } = await readText(
      sarif([result('a.js', { message: { text: 'x'.repeat(100_000) } })]),
    );
    expect(reports[0].description).toHaveLength(2000);
    expect(reports[0].title).toHaveLength(300);
  });

  it('survives parts of the wrong type and names that JavaScript has', async () => {
    const { reports } = await readText(
      sarif(
        [
          result('a.js', {
            ruleId: '__proto__',
            message: 7,
            level: ['error'],
            suppressions: 'no',
          }),
          { locations: [null] },
          result('a.js', { ruleId: 'constructor', ruleIndex: -1 }),
        ],
        { tool: 'none', originalUriBaseIds: 5, artifacts: { a: 1 } },
      ),
    );
    expect(reports.map(({ rule }) => rule).sort()).toEqual([
      '__proto__',
      'constructor',
      'unknown rule',
    ]);
  });

  it.each([
    ['', 'The report is empty'],
    ['not json', 'The report is not JSON'],
    ['{"version":"2.1.0","runs":[{"results":[', 'The report is not JSON'],
    ['[]', 'its version is missing'],
    ['{"version":"2.0.0"}', 'its version is "2.0.0"'],
    [
      `{"version":"2.1.0","runs":${'['.repeat(100_000)}`,
      'nested more than 64 levels',
    ],
    [`{"version":"${'x'.repeat(1024 * 1024 + 1)}"}`, 'more than 1 MB'],
    ['\u001f\u008bnonsense', 'is not JSON'],
  ])('refuses %.30j', async (text, message) => {
    const answer = readText(text);
    await expect(answer).rejects.toThrow(message);
    await expect(answer).rejects.toMatchObject({ name: 'InputError' });
  });

  it('reads gzip, whatever the headers say, and refuses what is cut off', async () => {
    const packed = gzipSync(sarif([result('a.js')]));
    expect((await readText(packed)).reports).toHaveLength(1);
    const cut = readText(packed.subarray(0, packed.length - 10));
    await expect(cut).rejects.toThrow('begins like gzip');
  });

  it('refuses a million results as soon as there are too many', async () => {
    const million = large(1_000_000);
    await expect(read(million)).rejects.toMatchObject({
      name: 'ReportTooLargeError',
      statusCode: 413,
      message: expect.stringContaining('more than 25000 results in a run'),
    });
    // The request is left as it is, for the answer to be sent.
    expect(million.destroyed).toBe(false);
  });

  it('refuses what is larger than 20 MB as sent, or 100 MB when unpacked', async () => {
    const padding = `{"x":"${'y'.repeat(100_000)}"}`;
    await expect(read(large(1000, padding))).rejects.toThrow(
      'larger than 20 MB as sent',
    );
    const bomb = gzipSync(Buffer.alloc(101 * 1024 * 1024, ' '));
    let bytes = 0;
    const unpack = async () => {
      for await (const chunk of readBody(Readable.from([bomb]))) {
        bytes += chunk.length;
      }
    };
    await expect(unpack()).rejects.toThrow('larger than 100 MB when unpacked');
    expect(bytes).toBeLessThanOrEqual(100 * 1024 * 1024);
  });

  it('refuses more than 20 runs', async () => {
    const runs = Array.from({ length: 21 }, () => ({ results: [result('a')] }));
    await expect(
      readText(JSON.stringify({ version: '2.1.0', runs })),
    ).rejects.toThrow('more than 20 runs');
  });
});
