import { OwnRequests } from '@forkyard/backend-kit';
import fc from 'fast-check';
import { logRow, ownRequests } from './__testUtils__/rows';
import type { DrainBatch } from './DrainBatch';
import { readLogBatch } from './readLogBatch';

const at = 1_763_726_400_000;
const options = { ignoredPaths: new Set(['/healthz']), ownRequests };
const row = (more: Partial<Parameters<typeof logRow>[0]> = {}) =>
  logRow({ requestId: 'request-1', at, ...more });
const read = (body: string) => readLogBatch([Buffer.from(body)], options);
const ndjson = (rows: unknown[]) =>
  rows.map(one => JSON.stringify(one)).join('\n');

function columnsOf(batch: DrainBatch) {
  const of = (column: Iterable<number>) => [...column].slice(0, batch.count);
  return {
    origins: batch.origins,
    rejections: batch.rejections,
    ignored: batch.ignored,
    originIndexes: of(batch.originIndexes),
    hashes: of(batch.hashHighs).map((high, i) => [high, batch.hashLows[i]]),
    timesMs: of(batch.timesMs),
    errors: of(batch.values),
  };
}

describe('readLogBatch', () => {
  const rows = [
    row(),
    row({ requestId: 'request-2', status: 503, deploymentId: 'dpl_2' }),
    row({ requestId: 'request-3', environment: 'preview' }),
  ];

  it('reads an array and lines alike', () => {
    const columns = columnsOf(read(ndjson(rows)));
    expect(columnsOf(read(JSON.stringify(rows)))).toEqual(columns);
    expect(columnsOf(read(`\r\n ${JSON.stringify(rows)}`))).toEqual(columns);
    expect(columnsOf(read(`${ndjson(rows)}\r\n\n`))).toEqual(columns);
    expect(columns).toMatchObject({
      origins: [
        {
          projectId: 'prj_1',
          deploymentId: 'dpl_1',
          environment: 'production',
        },
        {
          projectId: 'prj_1',
          deploymentId: 'dpl_2',
          environment: 'production',
        },
        { projectId: 'prj_1', deploymentId: 'dpl_1', environment: 'preview' },
      ],
      originIndexes: [0, 1, 2],
      timesMs: [at, at, at],
      errors: [0, 1, 0],
      rejections: {},
    });
  });

  it('reads the same wherever the body is cut', () => {
    const lines = Array.from({ length: 300 }, (_, i) =>
      row({
        requestId: `größe-${i}`,
        more: { message: 'é😀'.repeat(i), branch: 'main' },
      }),
    );
    const body = Buffer.from(`${ndjson(lines)}\n{"cut`);
    expect(body.length).toBeGreaterThan(200_000);
    const whole = columnsOf(readLogBatch([body], options));
    expect(whole.timesMs).toHaveLength(300);
    expect(whole.rejections).toEqual({ garbage: 1 });
    fc.assert(
      fc.property(fc.array(fc.nat(body.length), { maxLength: 40 }), cuts => {
        const places = [0, ...cuts.sort((a, b) => a - b), body.length];
        const chunks = places
          .slice(1)
          .map((end, index) => body.subarray(places[index], end));
        expect(columnsOf(readLogBatch(chunks, options))).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });

  it('counts what is wrong, and loses nothing beside it', () => {
    const batch = read(
      [
        JSON.stringify(row()),
        '{"cut off',
        'null',
        '[]',
        '"text"',
        JSON.stringify(row({ at: 12 })),
        JSON.stringify(row({ projectId: 'prj_\u0000' })),
        JSON.stringify(row({ deploymentId: '' })),
        JSON.stringify(row({ more: { projectId: { id: 1 } } })),
        JSON.stringify(row({ requestId: 'request-2' })),
      ].join('\n'),
    );
    expect(batch.count).toBe(2);
    expect(batch.rejections).toEqual({ garbage: 4, incomplete: 4 });
  });

  it.each([
    ['lines of a function', { statusCode: undefined, proxy: undefined }],
    ['lines of a build', { source: 'build' }],
    ['rows without a request', { requestId: undefined }],
    [
      'revalidations in the background',
      { proxy: { timestamp: at, statusCode: -1 }, statusCode: 200 },
    ],
    [
      'probes',
      { proxy: { timestamp: at, path: '/healthz?a', statusCode: 200 } },
    ],
    [
      "the portal's own requests",
      {
        proxy: {
          timestamp: at,
          path: '/',
          statusCode: 500,
          host: 'shop.test:443',
          userAgent: [ownRequests.userAgentFor('scan', 'shop.test')],
        },
      },
    ],
    ['probes without a proxy', { proxy: undefined, path: '/healthz' }],
  ])('leaves %s out', (_, more) => {
    const batch = read(ndjson([row({ more }), row()]));
    expect(batch).toMatchObject({ count: 1, ignored: 1, rejections: {} });
  });

  it.each([
    ['with its name alone', 'forkyard-scan'],
    ['with a guess', `forkyard-scan/${'A'.repeat(22)}`],
    [
      'of another installation',
      new OwnRequests('other').userAgentFor('scan', 'shop.test'),
    ],
    [
      'with what another application was asked with',
      ownRequests.userAgentFor('scan', 'bank.test'),
    ],
  ])(
    "counts who says they are the portal %s, and their trace's durations",
    (_, userAgent) => {
      const proxy = {
        timestamp: at,
        host: 'shop.test',
        statusCode: 500,
        userAgent: [userAgent],
      };
      const more = { traceId: 'a'.repeat(32), proxy };
      const batch = read(ndjson([row({ more })]));
      expect(batch).toMatchObject({ count: 1, ignored: 0, omittedTraces: [] });
      proxy.userAgent = [ownRequests.userAgentFor('scan', 'shop.test')];
      const own = read(ndjson([row({ more })]));
      expect(own).toMatchObject({ count: 0, ignored: 1 });
      expect(own.omittedTraces).toHaveLength(2);
    },
  );

  it.each([
    [
      'by what the client got',
      { statusCode: 200, proxy: { statusCode: 502 } },
      1,
    ],
    [
      'and not by the function alone',
      { statusCode: 500, proxy: { statusCode: 404 } },
      0,
    ],
    [
      'by the function without a proxy',
      { statusCode: 500, proxy: undefined },
      1,
    ],
    ['when a function crashed', { statusCode: -1, proxy: undefined }, 1],
    ['not below 500', { statusCode: 499, proxy: undefined }, 0],
  ])('tells errors %s', (_, more, expected) => {
    expect(read(ndjson([row({ more })])).values[0]).toBe(expected);
  });

  it('takes the time when the request came, which all its rows share', () => {
    const late = row({ more: { timestamp: at + 90_000 } });
    expect(read(ndjson([late])).timesMs[0]).toBe(at);
    const alone = row({ more: { timestamp: at + 90_000, proxy: undefined } });
    expect(read(ndjson([alone])).timesMs[0]).toBe(at + 90_000);
  });

  it.each([
    ['text', '<html>'],
    ['a cut array', '[{}'],
    ['an array of no rows', '[1, 2]'],
    ['bytes', '\u0000\u0001\n\u0002'],
  ])('refuses a body that is %s', (_, body) => {
    expect(() => read(body)).toThrow(
      expect.objectContaining({ name: 'InputError' }),
    );
  });

  it('takes an empty array', () => {
    expect(read('[]').count).toBe(0);
  });
});
