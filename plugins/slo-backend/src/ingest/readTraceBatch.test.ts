import { traceExport } from './__testUtils__/rows';
import { readTraceBatch } from './readTraceBatch';

const at = 1_763_726_400_123;
const options = { ignoredPaths: new Set(['/healthz']) };
const TRACE = '0123456789abcdef0123456789abcdef';
const read = (body: unknown) =>
  readTraceBatch([Buffer.from(JSON.stringify(body))], options);
const withSpan = (span: object) =>
  traceExport({ at, durationMs: 12.5, traceId: TRACE, span });
const path = (value: string) => ({
  attributes: [{ key: 'http.target', value: { stringValue: value } }],
});

describe('readTraceBatch', () => {
  it('takes the duration of a server span, to the nanosecond', () => {
    const batch = read(
      traceExport({ at, durationMs: 12.345678, traceId: TRACE }),
    );
    expect(batch).toMatchObject({ count: 1, ignored: 0, rejections: {} });
    expect(batch.origins).toEqual([
      { projectId: 'prj_1', deploymentId: 'dpl_1', environment: 'production' },
    ]);
    expect(batch.timesMs[0]).toBe(at);
    expect(batch.values[0]).toBeCloseTo(12.345678, 6);
  });

  it.each([2, '2', 'SPAN_KIND_SERVER', 'server'])(
    'knows a server span by kind %p',
    kind => expect(read(withSpan({ kind })).count).toBe(1),
  );

  it.each([
    ['other spans', { kind: 3 }],
    ['spans without a kind', { kind: undefined }],
    ['probes', path('/healthz?verbose')],
  ])('leaves %s out', (_, span) => {
    expect(read(withSpan(span))).toMatchObject({ count: 0, ignored: 1 });
  });

  describe('with what an application writes beside what Vercel adds', () => {
    const readWith = (added: [key: string, value: string][]) => {
      const exported = JSON.parse(JSON.stringify(withSpan({})));
      const { attributes } = exported.resourceSpans[0].resource;
      for (const [key, stringValue] of added) {
        attributes.unshift({ key, value: { stringValue } });
        attributes.push({ key, value: { stringValue } });
      }
      return read(exported);
    };

    it('knows project and deployment by the names of Vercel only', () => {
      const { origins, count } = readWith([
        ['vercel.project_id', 'prj_other'],
        ['vercel.deployment_id', 'dpl_other'],
        ['deployment.id', 'dpl_other'],
      ]);
      expect(count).toBe(1);
      expect(origins).toMatchObject([
        { projectId: 'prj_1', deploymentId: 'dpl_1' },
      ]);
    });

    it.each([['vercel.projectId'], ['vercel.deploymentId']])(
      'counts nothing when %s is given twice and differs',
      key => {
        expect(readWith([[key, 'other']])).toMatchObject({
          count: 0,
          origins: [],
          rejections: { incomplete: 1 },
        });
      },
    );

    it('counts what is said twice and is the same', () => {
      expect(readWith([['vercel.projectId', 'prj_1']]).count).toBe(1);
    });

    it('finds the environment under the names of @vercel/otel', () => {
      const exported = JSON.parse(JSON.stringify(withSpan({})));
      const { attributes } = exported.resourceSpans[0].resource;
      attributes.splice(-1, 1, {
        key: 'env',
        value: { stringValue: 'preview' },
      });
      expect(read(exported).origins).toMatchObject([
        { environment: 'preview' },
      ]);
    });
  });

  it.each([
    ['ends before it began', { endTimeUnixNano: '1763726400000000000' }],
    ['does not say when it began', { startTimeUnixNano: 'yesterday' }],
    ['has no id', { spanId: '' }],
  ])('rejects a span that %s, and takes the others', (_, span) => {
    const exported = JSON.parse(JSON.stringify(withSpan(span)));
    exported.resourceSpans.push(
      ...JSON.parse(JSON.stringify(withSpan({}))).resourceSpans,
      null,
      { scopeSpans: [{ spans: [7] }, 8] },
    );
    expect(read(exported)).toMatchObject({
      count: 1,
      rejections: { incomplete: 1, garbage: 3 },
    });
  });

  it('rejects spans of nobody knows which project', () => {
    const exported = JSON.parse(JSON.stringify(withSpan({})));
    delete exported.resourceSpans[0].resource;
    expect(read(exported)).toMatchObject({
      count: 0,
      rejections: { incomplete: 1 },
    });
  });

  it.each([
    ['no object', []],
    ['no export', { spans: [] }],
    ['text', 'x'],
  ])('refuses a body that is %s', (_, body) => {
    expect(() => read(body)).toThrow(/no OTLP export/);
  });

  it('refuses a body that is no JSON', () => {
    expect(() => readTraceBatch([Buffer.from('\n\u0012')], options)).toThrow(
      /no JSON/,
    );
  });
});
