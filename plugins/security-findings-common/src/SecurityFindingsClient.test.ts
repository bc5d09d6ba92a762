/** @jest-environment node */
import {
  SecurityFindingsClient,
  type SecurityFindingsApi,
} from './SecurityFindingsClient';

const entityRef = 'component:default/shop';
const entity = 'entityRef=component%3Adefault%2Fshop';

describe('SecurityFindingsClient', () => {
  const requests: string[] = [];
  const client = new SecurityFindingsClient({
    discoveryApi: { getBaseUrl: async id => `http://portal.test/api/${id}` },
    fetchApi: {
      fetch: async (input, init) => {
        const request = new Request(input, init);
        const { pathname, search } = new URL(request.url);
        const body = await request.text();
        requests.push(`${request.method} ${pathname}${search} ${body}`.trim());
        return Response.json({});
      },
    },
  });

  it.each<[string, (api: SecurityFindingsApi) => Promise<unknown>]>([
    [
      `GET /findings?${entity}&state=open&state=waived&severity=critical&source=sarif&overdue=true&search=lodash&cursor=c&limit=5`,
      api =>
        api.listFindings({
          entityRef,
          states: ['open', 'waived'],
          severities: ['critical'],
          sources: ['sarif'],
          overdue: true,
          search: 'lodash',
          cursor: 'c',
          limit: 5,
        }),
    ],
    [`GET /findings?${entity}`, api => api.listFindings({ entityRef })],
    ['GET /findings/a%2Fb', api => api.getFinding({ id: 'a/b' })],
    [`GET /summary?${entity}`, api => api.getSummary({ entityRef })],
    [
      'PUT /findings/1/waiver {"reason":"because","expiresAt":"2027"}',
      api =>
        api.waiveFinding({ id: '1', reason: 'because', expiresAt: '2027' }),
    ],
    ['DELETE /findings/1/waiver', api => api.unwaiveFinding({ id: '1' })],
    [
      `POST /reports/sarif?${entity}&category=semgrep&commit=abc&confirm=true {"version":"2.1.0"}`,
      api =>
        api.uploadSarif({
          entityRef,
          category: 'semgrep',
          commit: 'abc',
          confirm: true,
          report: { version: '2.1.0' },
        }),
    ],
    [
      'POST /refresh {"entityRef":"component:default/shop"}',
      api => api.refreshEntity({ entityRef }),
    ],
    [
      'GET /summaries?cursor=c&limit=2',
      api => api.listSummaries({ cursor: 'c', limit: 2 }),
    ],
  ])('speaks %s', async (line, call) => {
    requests.length = 0;
    await call(client);
    expect(requests).toEqual([line.replace(' /', ' /api/security-findings/')]);
  });
});
