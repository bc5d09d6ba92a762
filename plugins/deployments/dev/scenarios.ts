import type {
  LastRollout,
  RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import {
  ago,
  createAbortedRollout,
  createApproval,
  createRollout,
  createWaitingRollout,
} from '../src/__testUtils__/rollouts';

/** What each entity shows; the first is opened by default. */
export const scenarios = {
  'image-studio': 'A canary at 25 %, good so far, with one queued behind it',
  'harmed-studio': 'A canary that took itself back; production is pinned',
  'slow-studio': 'A canary that is slow, and is not stopped yet',
  'released-studio': 'Pinned, says the provider, but promoted since',
  'loading-studio': 'Nothing has answered yet',
  'waiting-studio': 'Waits for approval and for the end of a freeze',
  'own-studio': 'Waits for the approval of somebody else than the reader',
  'watched-studio': 'Blue-green, watched with all traffic, without any request',
  'empty-studio': 'Nothing was ever deployed',
  'broken-studio': 'Rollouts cannot be read',
  'denied-studio': 'The reader may see nothing',
  'reader-studio': 'The reader may look, not act',
};

export function isPinned(entityRef: string): boolean {
  return /\/(harmed|released)-studio$/.test(entityRef);
}

/** How the last rollout of the newest version ended, when none of it runs. */
export function lastRolloutOf(entityRef: string): LastRollout | undefined {
  const [newest] = rolloutsOf(entityRef);
  if (!newest?.endedAt) return undefined;
  const { id, reason, endedAt, verdict, state } = newest;
  return {
    id,
    outcome: state === 'promoted' ? 'promoted' : 'aborted',
    reason,
    endedAt,
    hadTraffic: true,
    met: verdict?.canary,
  };
}

/** The rollouts of an entity, newest first. */
export function rolloutsOf(entityRef: string): RolloutDetail[] {
  const name = entityRef.split('/').pop() ?? '';
  if (name === 'empty-studio' || name === 'broken-studio') return [];
  const id = (suffix: string) => `${name}-${suffix}`;
  const active = activeOf(name).map((rollout, index) => ({
    ...rollout,
    id: id(`active-${index}`),
    entityRef,
  }));
  return [
    ...active,
    createAbortedRollout({ id: id('aborted'), entityRef }),
    ...Array.from({ length: 14 }, (_, index) =>
      createRollout({
        id: id(`past-${index}`),
        entityRef,
        state: index % 5 === 3 ? 'rolled-back' : 'promoted',
        reason:
          index % 5 === 3
            ? 'Worse than the version before once it had all traffic.'
            : 'Good in 12,402 requests, and for 10 min with all traffic.',
        percent: index % 5 === 3 ? 0 : 100,
        stageIndex: undefined,
        createdAt: ago((index + 1) * 90_000),
        endedAt: ago((index + 1) * 90_000 - 1_500),
      }),
    ),
  ];
}

function activeOf(name: string): RolloutDetail[] {
  switch (name) {
    case 'harmed-studio':
      return [];
    case 'released-studio':
      return [
        createRollout({
          state: 'promoted',
          reason: 'Good in 12,402 requests, and for 10 min with all traffic.',
          percent: 100,
          stageIndex: undefined,
          endedAt: ago(120),
        }),
      ];
    case 'slow-studio':
      return [createRollout({ slowerThanMilliseconds: 412 })];
    case 'waiting-studio':
      return [createWaitingRollout()];
    case 'own-studio':
      return [
        createRollout({
          reason: 'Stage 2 of 3 is good; the next one needs an approval.',
          stageIndex: 2,
          percent: 50,
          stageEndsAt: ago(20),
          approvals: [
            createApproval({
              requestedBy: 'user:default/guest',
              stageIndex: 2,
            }),
          ],
          gates: createWaitingRollout().gates,
        }),
      ];
    case 'watched-studio':
      return [watched()];
    default:
      return [
        createRollout(),
        createRollout({
          state: 'queued',
          reason: 'waits for the rollout of 9ab02e1 to end.',
          percent: 0,
          commit: {
            sha: 'c0ffee1000000000000000000000000000000000',
            message: 'New tab',
          },
        }),
      ];
  }
}

function watched(): RolloutDetail {
  const base = createRollout();
  return {
    ...base,
    plan: { ...base.plan, strategy: 'blue-green', stages: [] },
    state: 'watching',
    reason: 'Held: no request has come since it got all traffic.',
    percent: 100,
    stageIndex: undefined,
    stageEndsAt: ago(30),
    verdict: {
      decision: 'hold',
      reason: 'Nothing can be said yet: 0 of at least 50 requests came.',
      metrics: [],
      canary: { requests: 0, errors: 0, durations: 0, slow: 0 },
      stable: { requests: 0, errors: 0, durations: 0, slow: 0 },
      elapsedSeconds: 130,
    },
    approvals: [],
    transitions: [base.transitions[0]],
  };
}
