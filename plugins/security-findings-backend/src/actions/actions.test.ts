import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { NotAllowedError } from '@backstage/errors';
import type { Finding } from '@forkyard/plugin-security-findings-common';
import type { FindingsService } from '../services/FindingsService';
import { registerFindingsActions } from '.';

const ID = '0b0e5d1e-7a54-4c57-9d2e-0d6f3f0f2a11';
const ENTITY_REF = 'component:default/shop';

const finding: Finding = {
  id: ID,
  entityRef: ENTITY_REF,
  source: 'dependabot',
  sources: ['dependabot'],
  rule: 'GHSA-1',
  title: 'Prototype pollution in a package',
  severity: 'critical',
  state: 'open',
  package: { name: 'left-pad', ecosystem: 'npm', version: '1.0.0' },
  identifiers: ['CVE-2026-1'],
  firstSeenAt: '2026-11-20T10:00:00.000Z',
  lastSeenAt: '2026-11-21T10:00:00.000Z',
  overdue: false,
  fingerprint: 'f',
};

const waiver = { reason: 'Not reachable', expiresAt: '2027-01-01T00:00:00Z' };

describe('actions', () => {
  const actionsRegistry = actionsRegistryServiceMock();
  const ended = { success: jest.fn(async () => {}), fail: jest.fn() };
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ended),
  });
  const service = {
    listFindings: jest.fn(async () => ({ items: [finding], nextCursor: 'n' })),
    waiveFinding: jest.fn(async () => finding),
  };
  registerFindingsActions({
    actionsRegistry,
    auditor,
    service: service as Partial<FindingsService> as FindingsService,
  });
  const credentials = mockCredentials.user('user:default/ana');
  const call = (name: string, input: object) =>
    actionsRegistry.invoke({
      id: `test:${name}`,
      input: input as never,
      credentials,
    });

  it('lists findings by state and severity on behalf of the caller', async () => {
    const { output } = await call('list-findings', {
      entityRef: 'Component:default/Shop',
      states: ['open', 'waived'],
      severities: ['critical'],
      overdue: true,
      limit: 5,
    });
    expect(output).toMatchObject({
      findings: [{ id: ID, package: { name: 'left-pad' } }],
      nextCursor: 'n',
    });
    expect(service.listFindings).toHaveBeenCalledWith(
      {
        entityRef: ENTITY_REF,
        states: ['open', 'waived'],
        severities: ['critical'],
        overdue: true,
        limit: 5,
      },
      { credentials },
    );
    await expect(call('list-findings', { entityRef: '::' })).rejects.toThrow(
      "'::' is no entity reference",
    );
  });

  it('waives in the name of the caller, and leaves it in the audit log', async () => {
    await call('waive-finding', { id: ID, ...waiver });
    expect(service.waiveFinding).toHaveBeenCalledWith(
      { id: ID, ...waiver },
      { credentials },
    );
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'finding-waive',
        meta: { id: ID, ...waiver, actor: 'user:default/ana' },
      }),
    );
    expect(ended.success).toHaveBeenCalledTimes(1);
  });

  it('leaves refusals in the audit log, too', async () => {
    const error = new NotAllowedError('You may not waive findings');
    service.waiveFinding.mockRejectedValueOnce(error);
    await expect(call('waive-finding', { id: ID, ...waiver })).rejects.toThrow(
      'You may not waive findings',
    );
    expect(ended.fail).toHaveBeenCalledWith({ error });
    await expect(
      call('waive-finding', { id: ID, ...waiver, expiresAt: 'tomorrow' }),
    ).rejects.toThrow(/expiresAt/);
  });
});
