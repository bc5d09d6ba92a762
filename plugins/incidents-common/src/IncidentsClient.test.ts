import { IncidentsClient } from './IncidentsClient';

describe('IncidentsClient', () => {
  const seen: string[] = [];
  const client = new IncidentsClient({
    discoveryApi: { getBaseUrl: async id => `http://backend/api/${id}` },
    fetchApi: {
      fetch: async (input, init) => {
        seen.push(`${init?.method} ${input} ${init?.body ?? ''}`.trim());
        return new Response('{}');
      },
    },
  });

  it('asks the routes that the backend has', async () => {
    await client.listAlerts({
      owners: ['group:default/a', 'user:default/b'],
      states: ['firing'],
      limit: 5,
    });
    await client.getAlert({ id: 'a/b' });
    await client.acknowledgeAlert({ id: '1' });
    await client.resolveAlert({ id: '1', comment: 'Done' });
    await client.listRunbooks({ entityRef: 'component:default/a' });
    await client.getRunbook({ entityRef: 'a', path: 'runbooks/it.md' });
    await client.startRun({ entityRef: 'a', runbookPath: 'runbooks/it.md' });
    await client.continueRun({ id: '1', stepIndex: 0, answer: 'Yes' });
    await client.cancelRun({ id: '1' });
    await client.getRun({ id: '1' });
    await client.listRuns({ entityRef: 'a', states: ['running', 'waiting'] });
    await client.listSummaries({ cursor: 'c' });
    const base = 'http://backend/api/incidents';
    expect(seen).toEqual([
      `GET ${base}/alerts?limit=5&owner=group%3Adefault%2Fa&owner=user%3Adefault%2Fb&state=firing`,
      `GET ${base}/alerts/a%2Fb`,
      `POST ${base}/alerts/1/acknowledge`,
      `POST ${base}/alerts/1/resolve {"comment":"Done"}`,
      `GET ${base}/runbooks?entityRef=component%3Adefault%2Fa`,
      `GET ${base}/runbook?entityRef=a&path=runbooks%2Fit.md`,
      `POST ${base}/runs {"entityRef":"a","runbookPath":"runbooks/it.md"}`,
      `POST ${base}/runs/1/steps/0/continue {"answer":"Yes"}`,
      `POST ${base}/runs/1/cancel`,
      `GET ${base}/runs/1`,
      `GET ${base}/runs?entityRef=a&state=running&state=waiting`,
      `GET ${base}/summaries?cursor=c`,
    ]);
  });
});
