import { DoraClient } from './DoraClient';

describe('DoraClient', () => {
  it('asks the routes of deployments-backend', async () => {
    const asked: string[] = [];
    const client = new DoraClient({
      discoveryApi: { getBaseUrl: async id => `http://backend/api/${id}` },
      fetchApi: {
        fetch: async (url, init) => {
          asked.push(`${init?.method} ${decodeURIComponent(String(url))}`);
          return Response.json({});
        },
      },
    });
    await client.getDoraReport({ ownerRef: 'group:default/shop', days: 90 });
    await client.listDeliveryChanges({
      entityRef: 'component:default/shop',
      days: 7,
      metric: 'change-fail-rate',
      cursor: 'next',
      limit: 5,
    });
    expect(asked).toEqual([
      'GET http://backend/api/deployments/dora?ownerRef=group:default/shop&days=90',
      'GET http://backend/api/deployments/dora/changes?entityRef=component:default/shop&days=7&metric=change-fail-rate&cursor=next&limit=5',
    ]);
  });
});
