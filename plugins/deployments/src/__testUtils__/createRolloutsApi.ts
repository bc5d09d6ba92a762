import type { RolloutsApi } from '@forkyard/plugin-deployments-common';
import { createApproval, createDelivery, createRollout } from './rollouts';
import { entityRef } from './deployments';

/** The port of rollouts with answers that a test replaces one by one; no rollout runs. */
export function createRolloutsApi(
  overrides: Partial<RolloutsApi> = {},
): jest.Mocked<RolloutsApi> {
  const answers: RolloutsApi = {
    listRollouts: async () => ({ items: [] }),
    getRollout: async () => createRollout(),
    listRolloutPoints: async () => ({ items: [] }),
    startRollout: async () => createRollout(),
    pauseRollout: async () => createRollout({ state: 'paused' }),
    resumeRollout: async () => createRollout(),
    promoteRollout: async () => createRollout({ state: 'switching' }),
    abortRollout: async () => createRollout({ state: 'aborted' }),
    listAwaitedApprovals: async () => ({ items: [] }),
    getOwnPart: async () => ({}),
    getApprovalRefusal: async () => ({}),
    decideApproval: async () => createApproval({ state: 'approved' }),
    getDelivery: async () => createDelivery({ environments: [] }),
    overrideGates: async ({ environment, reason }) => ({
      id: 'override-1',
      entityRef,
      environment,
      reason,
      createdBy: 'user:default/ana',
      createdAt: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 1_800_000).toISOString(),
    }),
    ...overrides,
  };
  return {
    listRollouts: jest.fn(answers.listRollouts),
    getRollout: jest.fn(answers.getRollout),
    listRolloutPoints: jest.fn(answers.listRolloutPoints),
    startRollout: jest.fn(answers.startRollout),
    pauseRollout: jest.fn(answers.pauseRollout),
    resumeRollout: jest.fn(answers.resumeRollout),
    promoteRollout: jest.fn(answers.promoteRollout),
    abortRollout: jest.fn(answers.abortRollout),
    listAwaitedApprovals: jest.fn(answers.listAwaitedApprovals),
    getOwnPart: jest.fn(answers.getOwnPart),
    getApprovalRefusal: jest.fn(answers.getApprovalRefusal),
    decideApproval: jest.fn(answers.decideApproval),
    getDelivery: jest.fn(answers.getDelivery),
    overrideGates: jest.fn(answers.overrideGates),
  };
}
