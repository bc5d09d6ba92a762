import { CostClient } from './CostClient';

describe('CostClient', () => {
  it('asks each question at its own address', async () => {
    const asked: string[] = [];
    const client = new CostClient({
      discoveryApi: { getBaseUrl: async id => `http://test/${id}` },
      fetchApi: {
        fetch: (async (url: string, init: { method: string }) => {
          asked.push(`${init.method} ${url}`);
          return new Response('{}');
        }) as unknown as typeof fetch,
      },
    });
    const entityRef = 'component:default/shop';
    const range = { entityRef, from: '2026-11-01', to: '2026-11-21' };
    await client.getEntityCost({ entityRef });
    await client.listDailyCosts({ ...range, limit: 5 });
    await client.listCharges({ ...range, cursor: 'abc' });
    await client.listGroupCosts({ owner: 'group:default/platform' });
    await client.getBill({});
    await client.listSummaries({ limit: 100 });
    await client.refresh({ acceptShrunken: true });
    expect(asked.map(decodeURIComponent)).toEqual([
      'GET http://test/cost/entities/cost?entityRef=component:default/shop',
      'GET http://test/cost/entities/daily?entityRef=component:default/shop&from=2026-11-01&to=2026-11-21&limit=5',
      'GET http://test/cost/entities/charges?entityRef=component:default/shop&from=2026-11-01&to=2026-11-21&cursor=abc',
      'GET http://test/cost/groups/cost?owner=group:default/platform',
      'GET http://test/cost/bill',
      'GET http://test/cost/summaries?limit=100',
      'POST http://test/cost/refresh',
    ]);
  });
});
