import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { Finding } from '@forkyard/plugin-security-findings-common';
import { AuthorizedFindingsService } from './AuthorizedFindingsService';
import type { FindingsService } from './FindingsService';

const user = { credentials: mockCredentials.user() };
const service = { credentials: mockCredentials.service() };

const SHOP = 'component:default/shop';
const NONE = 'component:default/none';

function create(options: { denied?: string[]; findingOf?: string } = {}) {
  const { denied = [], findingOf = SHOP } = options;
  const inner = {
    listFindings: jest.fn(),
    getFinding: jest.fn(async () => ({ entityRef: findingOf }) as Finding),
    getSummary: jest.fn(),
    waiveFinding: jest.fn(),
    unwaiveFinding: jest.fn(),
    uploadReport: jest.fn(),
    refreshEntity: jest.fn(),
    listSummaries: jest.fn(),
  } satisfies FindingsService;
  const authorized = new AuthorizedFindingsService(inner, {
    auth: mockServices.auth(),
    catalog: catalogServiceMock({
      entities: [
        { apiVersion: 'v1', kind: 'Component', metadata: { name: 'shop' } },
      ],
    }),
    permissions: mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(({ permission }) => ({
          result: denied.includes(permission.name)
            ? AuthorizeResult.DENY
            : AuthorizeResult.ALLOW,
        })),
    }),
  });
  return { authorized, inner };
}

const waiver = { id: '1', reason: 'because', expiresAt: '2027-01-01' };
const upload = (entityRef: string) => ({
  entityRef,
  category: 'semgrep',
  read: async () => ({ reports: [] }),
});

type Call = (
  target: AuthorizedFindingsService,
  entityRef: string,
) => Promise<unknown>;

const calls: [Exclude<keyof FindingsService, 'listSummaries'>, Call][] = [
  ['listFindings', (s, entityRef) => s.listFindings({ entityRef }, user)],
  ['getFinding', s => s.getFinding({ id: '1' }, user)],
  ['getSummary', (s, entityRef) => s.getSummary({ entityRef }, user)],
  ['waiveFinding', s => s.waiveFinding(waiver, user)],
  ['unwaiveFinding', s => s.unwaiveFinding({ id: '1' }, user)],
  ['uploadReport', (s, entityRef) => s.uploadReport(upload(entityRef), user)],
  ['refreshEntity', (s, entityRef) => s.refreshEntity({ entityRef }, user)],
];

describe('AuthorizedFindingsService', () => {
  it.each(calls)('lets %s pass when it is allowed', async (method, call) => {
    const { authorized, inner } = create();
    await call(authorized, SHOP);
    expect(inner[method]).toHaveBeenCalledTimes(1);
  });

  it.each(calls.filter(([method]) => method !== 'getFinding'))(
    'lets %s see nothing of an entity that is not in the catalog for the user',
    async (method, call) => {
      const { authorized, inner } = create({ findingOf: NONE });
      await expect(call(authorized, NONE)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
      expect(inner[method]).not.toHaveBeenCalled();
    },
  );

  it.each(calls)(
    'hides the entity from %s without permission to read',
    async (_, call) => {
      const { authorized } = create({
        denied: [
          'security-findings.finding.read',
          'security-findings.report.upload',
        ],
      });
      await expect(call(authorized, SHOP)).rejects.toMatchObject({
        name: 'NotFoundError',
      });
    },
  );

  it('refuses waivers and uploads of who may only read', async () => {
    const { authorized, inner } = create({
      denied: [
        'security-findings.finding.waive',
        'security-findings.report.upload',
      ],
    });
    for (const call of [
      authorized.waiveFinding(waiver, user),
      authorized.unwaiveFinding({ id: '1' }, user),
      authorized.uploadReport(upload(SHOP), user),
    ]) {
      await expect(call).rejects.toMatchObject({ name: 'NotAllowedError' });
    }
    expect(inner.waiveFinding).not.toHaveBeenCalled();
    expect(inner.unwaiveFinding).not.toHaveBeenCalled();
    expect(inner.uploadReport).not.toHaveBeenCalled();
  });

  it('lists the summaries for other backends only', async () => {
    const { authorized, inner } = create();
    await expect(authorized.listSummaries({}, user)).rejects.toMatchObject({
      name: 'NotAllowedError',
    });
    expect(inner.listSummaries).not.toHaveBeenCalled();
    await authorized.listSummaries({}, service);
    expect(inner.listSummaries).toHaveBeenCalledTimes(1);
  });

  it('lets whoever may upload but not read do so, as a pipeline does', async () => {
    const { authorized, inner } = create({
      denied: ['security-findings.finding.read'],
    });
    await authorized.uploadReport(upload(SHOP), service);
    expect(inner.uploadReport).toHaveBeenCalledTimes(1);
  });

  it('does not hold other backends to the catalog, but for uploads', async () => {
    const { authorized } = create();
    await authorized.getSummary({ entityRef: NONE }, service);
    await expect(
      authorized.uploadReport(upload(NONE), service),
    ).rejects.toMatchObject({ name: 'NotFoundError' });
  });
});
