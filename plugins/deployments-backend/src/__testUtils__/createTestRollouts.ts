import type { AuditorServiceCreateEventOptions } from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type {
  RolloutApproval,
  RolloutGate,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';
import type { DatabaseDeploymentsStore } from '../database/DatabaseDeploymentsStore';
import type { DatabaseTrackedEntitiesStore } from '../database/DatabaseTrackedEntitiesStore';
import type { StagingStore } from '../database/rollouts/StagingStore';
import type { RolloutStore } from '../database/rollouts/RolloutStore';
import { EntityAccess } from '../services/EntityAccess';
import type { ProviderRegistry } from '../services/ProviderRegistry';
import { createRollouts } from '../services/rollouts/createRollouts';
import { MemorySloService } from './MemorySloService';

/** A plan that a test changes as it needs. */
export function createTestPlan(change: Partial<RolloutPlan> = {}): RolloutPlan {
  return {
    strategy: 'canary',
    stages: [
      { percent: 5, minutes: 1, approval: false },
      { percent: 50, minutes: 1, approval: false },
    ],
    watchMinutes: 1,
    approval: false,
    checks: [],
    smokeTestPath: '/',
    verdict: {},
    ...change,
  };
}

/**
 * Creates what steers rollouts, on stores and providers of the test. Plan,
 * gates and counts are what the test sets.
 */
export function createTestRollouts(options: {
  rollouts: RolloutStore;
  stagings: StagingStore;
  deployments: DatabaseDeploymentsStore;
  tracked: DatabaseTrackedEntitiesStore;
  providers: ProviderRegistry;
  slo?: MemorySloService;
}) {
  const world = {
    plan: createTestPlan(),
    /** Of entities that have another one. */
    plans: new Map<string, RolloutPlan>(),
    gates: [] as RolloutGate[],
    approvals: [] as RolloutApproval[],
    slo: options.slo ?? new MemorySloService(),
    notifications: [] as string[],
    audited: [] as AuditorServiceCreateEventOptions[],
  };
  const auth = mockServices.auth();
  const services = createRollouts({
    ...options,
    access: new EntityAccess({
      auth,
      permissions: mockServices.permissions(),
      catalog: catalogServiceMock(),
    }),
    approvals: { listApprovals: async () => world.approvals },
    auditor: mockServices.auditor.mock({
      createEvent: async event => {
        world.audited.push(event);
        return { success: async () => {}, fail: async () => {} };
      },
    }),
    auth,
    config: {
      tickSeconds: 1,
      moveMinutes: 10,
      heldNoticeMinutes: 30,
      pointsDays: 30,
    },
    delivery: {
      getPlan: async ({ entityRef }) =>
        world.plans.get(entityRef) ?? world.plan,
    },
    events: mockServices.events.mock(),
    gates: { evaluate: async () => world.gates },
    logger: mockServices.logger.mock(),
    notifications: {
      send: async ({ payload }) => {
        world.notifications.push(payload.title);
      },
    },
    signals: { publish: async () => {} },
    slo: world.slo,
  });
  return { world, services };
}
