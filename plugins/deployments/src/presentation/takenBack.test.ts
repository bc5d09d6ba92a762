import type {
  Deployment,
  EnvironmentStatus,
  LastRollout,
} from '@forkyard/plugin-deployments-common';
import { createDeployment, live } from '../__testUtils__/deployments';
import { summarizeEnvironment } from './environmentSummary';
import { judgePin } from './pin';
import {
  describePromotable,
  describeWayBack,
  refusalOfPromote,
} from './promoteWords';
import {
  describeFailures,
  describeVersion,
  findCommitTakenBack,
  findTakenBack,
} from './takenBack';

const aborted: LastRollout = {
  id: 'rollout-1',
  outcome: 'aborted',
  reason: 'The new version failed 28 of 143 requests (20 %).',
  endedAt: '2026-11-20T15:10:00.000Z',
  hadTraffic: true,
  met: { requests: 143, errors: 28 },
};

function newer(overrides: Partial<Deployment> = {}): Deployment {
  return createDeployment({
    externalId: 'dpl_new',
    createdAt: '2026-11-20T15:00:00.000Z',
    commit: { sha: '9ab02e1000000000000000000000000000000000' },
    lastRollout: aborted,
    ...overrides,
  });
}

function production(
  overrides: Partial<EnvironmentStatus> = {},
): EnvironmentStatus {
  return { environment: 'production', live, ...overrides };
}

const running = {
  id: 'rollout-2',
  deploymentId: 'vercel:dpl_new',
  strategy: 'canary',
  state: 'progressing',
  percent: 10,
} as const;

describe('a version that failed', () => {
  it('is called taken back, with when, why and how many requests failed', () => {
    const takenBack = findTakenBack(newer(), production());
    expect(takenBack).toMatchObject({
      how: 'taken-back',
      at: aborted.endedAt,
      why: aborted.reason,
    });
    expect(describeVersion(newer(), production())).toEqual({
      status: 'failing',
      label: 'Taken back',
      reason: aborted.reason,
    });
    expect(describeFailures(takenBack!)).toBe(
      '28 of 143 requests failed (20 %) in the end',
    );
  });

  it('is said in the sentence of its environment', () => {
    expect(summarizeEnvironment(production({ latest: newer() }))).toEqual({
      status: 'healthy',
      sentence:
        'Production serves 3f2c1a9; the newest, 9ab02e1, was taken back.',
    });
  });

  it('was only kept back when it never had traffic', () => {
    const kept = newer({ lastRollout: { ...aborted, hadTraffic: false } });
    const takenBack = findTakenBack(kept, production());
    expect(describeVersion(kept, production())).toMatchObject({
      status: 'unknown',
      label: 'Got no traffic',
    });
    expect(describeFailures(takenBack!)).toBeUndefined();
    expect(describePromotable(kept, production())).toBe(
      '“9ab02e1 was stopped before any traffic” and “3f2c1a9 serves”',
    );
  });

  it.each([
    ['serves', newer({ live: true }), production({ live: newer() })],
    ['is rolled out again', newer(), production({ rollout: running })],
    [
      'was promoted',
      newer({ lastRollout: { ...aborted, outcome: 'promoted' } }),
      production(),
    ],
    [
      'served since, and was followed by a newer one',
      newer({ liveSince: '2026-11-20T16:00:00.000Z' }),
      production({
        live: createDeployment({
          externalId: 'dpl_newest',
          createdAt: '2026-11-20T17:00:00.000Z',
        }),
      }),
    ],
    ['never had a rollout', newer({ lastRollout: undefined }), production()],
    ['is not ready', newer({ state: 'deleted' }), production()],
  ])('is as its state says when it %s', (_, deployment, environment) => {
    const takenBack = findTakenBack(deployment, environment);
    expect(takenBack).toBeUndefined();
    expect(describeVersion(deployment, environment).label).not.toBe(
      'Taken back',
    );
  });

  it('is rolling out while it is tried again', () => {
    expect(
      describeVersion(newer(), production({ rollout: running })),
    ).toMatchObject({ label: 'Rolling out', reason: 'Canary 10 %' });
  });

  it('is told by an older one that serves again, without any rollout', () => {
    const rolledBack = newer({
      lastRollout: { ...aborted, outcome: 'promoted' },
      liveSince: '2026-11-20T15:10:00.000Z',
    });
    const since = '2026-11-20T15:30:00.000Z';
    expect(
      findTakenBack(
        rolledBack,
        production({ pinned: { since, description: 'Carts are empty.' } }),
      ),
    ).toMatchObject({
      how: 'taken-back',
      at: since,
      why: 'Its traffic was given back to the older version 3f2c1a9. Carts are empty.',
    });
  });
});

describe('the pin of a rollback', () => {
  const pinned = { since: '2026-11-20T15:30:00.000Z' };

  it('holds while the version that was rolled back to serves', () => {
    expect(judgePin(production({ pinned }))).toBe('held');
    expect(judgePin(production())).toBe('none');
  });

  it('ends with the rollout that runs, and is over once that has the traffic', () => {
    expect(judgePin(production({ pinned, rollout: running }))).toBe('ending');
    expect(
      judgePin(
        production({
          pinned,
          live: newer({ live: true }),
          rollout: { ...running, state: 'watching', percent: 100 },
        }),
      ),
    ).toBe('none');
  });

  it('is over when what serves was promoted since, whatever the provider said last', () => {
    const promoted = (endedAt: string) =>
      production({
        pinned,
        live: newer({
          lastRollout: { ...aborted, outcome: 'promoted', endedAt },
        }),
      });
    expect(judgePin(promoted('2026-11-20T15:40:00.000Z'))).toBe('none');
    expect(judgePin(promoted('2026-11-20T15:20:00.000Z'))).toBe('held');
    expect(
      summarizeEnvironment(promoted('2026-11-20T15:40:00.000Z')).sentence,
    ).toBe('Production serves 9ab02e1.');
  });
});

describe('promoting a commit', () => {
  const staged = newer({
    id: 'vercel:dpl_staged',
    environment: 'staging',
    lastRollout: undefined,
  });
  const rebuilt = newer({
    id: 'vercel:dpl_rebuilt',
    createdAt: '2026-11-20T16:00:00.000Z',
    lastRollout: { ...aborted, outcome: 'promoted' },
  });
  const stopped = {
    ...rebuilt,
    lastRollout: { ...aborted, hadTraffic: false },
  };

  it.each([
    ['another build of it was taken back', 'taken-back', [newer()]],
    ['a later one had no traffic', 'taken-back', [newer(), stopped]],
    ['a later one was promoted', undefined, [newer(), rebuilt]],
    ['that was elsewhere', undefined, [newer({ environment: 'qa' })]],
    ['that was another commit', undefined, [newer({ commit: live.commit })]],
    ['nothing else was built of it', undefined, [staged]],
  ])('knows that %s', (_, how, others) => {
    expect(findCommitTakenBack(staged, production(), others)?.how).toBe(how);
  });

  it('says that it is live already, and else how to go back', () => {
    const serving = production({ live: rebuilt });
    expect(describeWayBack(staged, serving)).toMatch(
      /^This commit is live already: production serves it\./,
    );
    expect(findCommitTakenBack(staged, serving, [newer()])).toBeUndefined();
    expect(describeWayBack(staged, production())).toBe(
      'To go back, roll production back to 3f2c1a9.',
    );
    expect(describeWayBack(staged, undefined)).toBe(
      'To go back, promote another deployment.',
    );
  });
});

describe('promoting', () => {
  it.each([
    [undefined, newer(), production()],
    [
      '9ab02e1 serves production already.',
      newer(),
      production({ live: newer() }),
    ],
    [
      'A rollout of 9ab02e1 runs already.',
      newer(),
      production({ rollout: running }),
    ],
    [
      '9ab02e1 is not ready any more.',
      newer({ state: 'deleted' }),
      production(),
    ],
  ])('is refused with: %s', (refusal, deployment, environment) => {
    expect(refusalOfPromote(deployment, environment)).toBe(refusal);
  });
});
