import { SloClient } from './SloClient';

describe('SloClient', () => {
  it('asks the routes of slo-backend', async () => {
    const asked: string[] = [];
    const client = new SloClient({
      discoveryApi: { getBaseUrl: async id => `http://backend/api/${id}` },
      fetchApi: {
        fetch: async (url, init) => {
          asked.push(`${init?.method} ${decodeURIComponent(String(url))}`);
          return Response.json({});
        },
      },
    });
    const entityRef = 'component:default/shop';
    const from = '2026-11-21T00:00:00Z';
    const to = '2026-11-21T01:00:00Z';
    await client.listSlos({ entityRef });
    await client.getBudget({ id: `${entityRef}#availability` });
    await client.getTraffic({ entityRef, environment: 'preview', from });
    await client.listAlerts({
      entityRef,
      state: 'firing',
      ids: ['1', '2'],
      limit: 5,
    });
    await client.getCounts({
      entityRef,
      deploymentIds: ['vercel:1'],
      from,
      to,
      slowerThanMilliseconds: 250,
    });
    await client.listSummaries({ cursor: 'next', limit: 10 });
    await client.refresh({ entityRef });
    expect(asked).toEqual([
      `GET http://backend/api/slo/slos?entityRef=${entityRef}`,
      `GET http://backend/api/slo/slos/${entityRef}#availability/budget`,
      `GET http://backend/api/slo/traffic?entityRef=${entityRef}&environment=preview&from=${from}`,
      `GET http://backend/api/slo/alerts?entityRef=${entityRef}&state=firing&limit=5&id=1&id=2`,
      `GET http://backend/api/slo/counts?entityRef=${entityRef}&from=${from}&to=${to}&slowerThanMilliseconds=250&deploymentId=vercel:1`,
      'GET http://backend/api/slo/summaries?cursor=next&limit=10',
      'POST http://backend/api/slo/refresh',
    ]);
  });
});
