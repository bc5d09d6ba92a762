import { mockServices } from '@backstage/backend-test-utils';
import { createRollout } from './__testUtils__/startTestGates';
import type { FreezeCalendar } from './FreezeCalendar';
import { FreezeGate } from './FreezeGate';
import { SecurityGate } from './SecurityGate';

const hoursAgo = (hours: number) =>
  new Date(Date.now() - hours * 3_600_000).toISOString();

describe('what gates say to anybody', () => {
  const judge = (finding: object, change: object = {}) =>
    new SecurityGate({
      auth: mockServices.auth(),
      deployments: { listById: async () => [] },
      findings: {
        listFindings: async () => ({ items: [finding, finding] }),
      } as never,
    }).evaluate({ ...createRollout(), createdAt: hoursAgo(1), ...change });

  it('does not tell how many critical findings what serves has', async () => {
    const old = { firstSeenAt: hoursAgo(99), lastSeenAt: hoursAgo(0) };
    expect(await judge(old)).toEqual({
      state: 'passed',
      reason: expect.stringContaining('2 known ones'),
      publicReason: 'No finding is in its way.',
    });
    expect(await judge({ ...old, overdue: true })).toEqual({
      state: 'failed',
      reason: expect.stringContaining('2 critical findings'),
      publicReason: 'Findings are in its way; the portal shows them.',
    });
    const isOverdue = { ...old, overdue: true, lastSeenAt: hoursAgo(9) };
    expect(await judge(isOverdue, { createdAt: hoursAgo(0) })).toEqual({
      state: 'waiting',
      reason: expect.stringContaining('2 critical findings'),
      publicReason: 'Waiting for a scan.',
    });
  });

  it('does not tell why there is a freeze', async () => {
    const gate = new FreezeGate({
      findFreeze: async () => ({
        name: 'Secret merger',
        until: '2100-01-01T00:00:00Z',
      }),
    } as Partial<FreezeCalendar> as FreezeCalendar);
    expect(await gate.evaluate(createRollout())).toMatchObject({
      reason: expect.stringContaining('Secret merger'),
      publicReason: 'Frozen until 2100-01-01 00:00 UTC.',
    });
  });
});
