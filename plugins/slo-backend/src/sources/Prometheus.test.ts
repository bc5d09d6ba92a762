import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Prometheus } from './Prometheus';
import { PrometheusAlertRulesSource } from './PrometheusAlertRulesSource';
import { PrometheusIndicatorSource } from './PrometheusIndicatorSource';

const ENTITY = { entityRef: 'component:default/shop', projectIds: [] };
const INDICATOR = {
  type: 'prometheus',
  counted: 'good',
  countedQuery: 'sum(rate(good_total{app="{{entity}}"}[5m]))',
  totalQuery: 'sum(rate(all_total[5m]))',
} as const;
const HOUR = {
  from: new Date('2026-11-21T11:00:00Z'),
  to: new Date('2026-11-21T12:00:00Z'),
};

type Answer = { status?: number; body: unknown };

describe('Prometheus', () => {
  let server: Server;
  let prometheus: Prometheus;
  let answer: (url: URL) => Answer;
  const seen: { url: URL; token?: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const url = new URL(request.url ?? '', 'http://prometheus');
      seen.push({ url, token: request.headers.authorization });
      const { status = 200, body } = answer(url);
      response.statusCode = status;
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    prometheus = new Prometheus({
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      token: 'secret',
      limits: { maxAttempts: 2, initialBackoffMs: 1 },
    });
  });

  beforeEach(() => seen.splice(0));

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise(resolve => {
      server.close(resolve);
    });
  });

  /** Answers queries by the name of the metric in them. */
  const vectors =
    (values: Record<string, string[]>) =>
    (url: URL): Answer => {
      const query = url.searchParams.get('query') ?? '';
      const name = Object.keys(values).find(key => query.includes(key)) ?? '';
      return {
        body: {
          status: 'success',
          data: {
            resultType: 'vector',
            result: values[name].map(value => ({
              metric: {},
              value: [1, value],
            })),
          },
        },
      };
    };

  const count = () =>
    new PrometheusIndicatorSource(prometheus).count(ENTITY, INDICATOR, [HOUR]);

  it('adds a rate up over the window, at its end, for the entity', async () => {
    answer = vectors({ good_total: ['99.5'], all_total: ['100'] });
    expect(await count()).toEqual([{ good: 99.5, total: 100 }]);
    expect(
      seen.map(({ url, token }) => [
        url.pathname,
        url.searchParams.get('query'),
        url.searchParams.get('time'),
        token,
      ]),
    ).toEqual([
      [
        '/api/v1/query',
        'sum_over_time((sum(rate(all_total[5m])))[60m:1m]) * 60',
        '1795262400',
        'Bearer secret',
      ],
      [
        '/api/v1/query',
        'sum_over_time((sum(rate(good_total{app="shop"}[5m])))[60m:1m]) * 60',
        '1795262400',
        'Bearer secret',
      ],
    ]);
  });

  it('knows nothing where there are no series, or no numbers', async () => {
    answer = vectors({ good_total: ['1'], all_total: [] });
    expect(await count()).toEqual([undefined]);
    answer = vectors({ good_total: ['1'], all_total: ['NaN'] });
    expect(await count()).toEqual([undefined]);
    answer = vectors({ good_total: [], all_total: ['5'] });
    expect(await count()).toEqual([undefined]);
  });

  it('takes failures that have no series yet for none', async () => {
    answer = vectors({ bad_total: [], all_total: ['5'] });
    const indicator = {
      ...INDICATOR,
      counted: 'bad' as const,
      countedQuery: 'sum(increase(bad_total[5m]))',
    };
    const source = new PrometheusIndicatorSource(prometheus);
    expect(await source.count(ENTITY, indicator, [HOUR])).toEqual([
      { good: 5, total: 5 },
    ]);
    expect(seen[1].url.searchParams.get('query')).toBe(
      'sum_over_time((sum(increase(bad_total[5m])))[60m:1m])',
    );
  });

  it('counts step by step', async () => {
    const start = HOUR.from.getTime() / 1000;
    answer = () => ({
      body: {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: {},
              values: [
                [start + 1200, '10'],
                [start + 3600, '20'],
              ],
            },
          ],
        },
      },
    });
    const source = new PrometheusIndicatorSource(prometheus);
    expect(
      await source.countSteps(ENTITY, INDICATOR, { ...HOUR, stepMinutes: 20 }),
    ).toEqual([
      { good: 10, total: 10 },
      { good: 0, total: 0 },
      { good: 20, total: 20 },
    ]);
  });

  it.each([
    [
      'a query with several series',
      vectors({ total: ['1', '2'] }),
      'InputError',
      /gives 2 series/,
    ],
    [
      'a query that is refused',
      () => ({ status: 400, body: { status: 'error', error: 'parse error' } }),
      'InputError',
      /parse error/,
    ],
    [
      'a token that is refused',
      () => ({ status: 401, body: 'no' }),
      'ServiceUnavailableError',
      /'slo.prometheus.token'/,
    ],
    [
      'an outage',
      () => ({ status: 503, body: 'no' }),
      'ServiceUnavailableError',
      /failed to count requests/,
    ],
    [
      'garbage',
      () => ({ body: '<html>' }),
      'ServiceUnavailableError',
      /makes no sense/,
    ],
    [
      'another shape',
      () => ({ body: { status: 'success', data: { resultType: 'scalar' } } }),
      'ServiceUnavailableError',
      /makes no sense/,
    ],
    [
      'an endless answer',
      () => ({ body: 'x'.repeat(6_000_000) }),
      'ServiceUnavailableError',
      /longer than/,
    ],
  ] as const)(
    'says what is wrong with %s',
    async (_what, given, name, message) => {
      answer = given;
      const error = await count().catch(reason => reason);
      expect([error.name, error.message]).toEqual([
        name,
        expect.stringMatching(message),
      ]);
      expect(error.status).toBeUndefined();
    },
  );

  it('lists the rules with the alerts that fire', async () => {
    answer = () => ({
      body: {
        status: 'success',
        data: {
          groups: [
            {
              name: 'g',
              rules: [
                { name: 'Quiet', health: 'ok', alerts: [] },
                {
                  name: 'Loud',
                  health: 'err',
                  alerts: [
                    {
                      state: 'firing',
                      labels: { alertname: 'Loud', entity_ref: 'shop' },
                      annotations: { summary: 'It burns' },
                      activeAt: '2026-11-21T11:00:00.123456789Z',
                      value: '1e+00',
                    },
                    { state: 'pending', labels: {}, annotations: {} },
                  ],
                },
              ],
            },
          ],
        },
      },
    });
    expect(
      await new PrometheusAlertRulesSource(prometheus).listRules(),
    ).toEqual([
      { name: 'Quiet', isHealthy: true, alerts: [] },
      {
        name: 'Loud',
        isHealthy: false,
        alerts: [
          {
            labels: { alertname: 'Loud', entity_ref: 'shop' },
            annotations: { summary: 'It burns' },
            startsAt: new Date('2026-11-21T11:00:00.123Z'),
          },
        ],
      },
    ]);
    expect(seen[0].url.href).toContain('/api/v1/rules?type=alert');
  });
});
