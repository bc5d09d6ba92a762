import type {
  Deployment,
  EntityDeploymentStatus,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import { describeForkStatus } from './describeForkStatus';

const deployment = (changes: Partial<Deployment> = {}): Deployment => ({
  id: 'vercel:dpl_1',
  provider: 'vercel',
  externalId: 'dpl_1',
  projectId: 'prj_1',
  entityRef: 'component:default/shop',
  environment: 'production',
  state: 'ready',
  live: false,
  aliases: [],
  commit: { sha: 'abcdef0123', message: 'Fix', author: 'ana' },
  createdAt: '2026-11-21T09:00:00.000Z',
  observedAt: '2026-11-21T09:00:00.000Z',
  ...changes,
});

const status = (
  production?: Partial<EnvironmentStatus>,
  more: Partial<EntityDeploymentStatus> = {},
): EntityDeploymentStatus => ({
  entityRef: 'component:default/shop',
  environments: production
    ? [{ environment: 'production', ...production }]
    : [],
  ...more,
});

const live = deployment({ live: true, liveSince: '2026-11-21T10:00:00.000Z' });
const fork = { status: 'healthy' as const, statusReason: 'Live before' };
const known = {
  ...fork,
  live: { deploymentId: 'vercel:0', since: '2026-11-20T10:00:00.000Z' },
};

const canary = {
  id: '1',
  deploymentId: 'vercel:dpl_2',
  strategy: 'canary' as const,
  state: 'progressing' as const,
  percent: 25,
};

describe('describeForkStatus', () => {
  it.each([
    [{}, 'in-progress', 'Canary 9ab02e1 has 25 % of the traffic'],
    [
      { state: 'watching' as const },
      'in-progress',
      'Canary 9ab02e1 has all traffic and is watched',
    ],
    [
      { state: 'paused' as const },
      'waiting',
      'Canary 9ab02e1 is paused at 25 %',
    ],
    [
      { state: 'checking' as const, waitingFor: 'error-budget' as const },
      'waiting',
      'Canary 9ab02e1 waits because the error budget is spent',
    ],
    [
      { state: 'checking' as const, waitingFor: 'ci' as const },
      'in-progress',
      'Canary 9ab02e1 is being checked',
    ],
    [
      { waitingFor: 'approval' as const },
      'waiting',
      'Canary 9ab02e1 waits for approval',
    ],
    [
      { strategy: 'blue-green' as const, deploymentId: 'vercel:dpl_9' },
      'in-progress',
      'Blue-green has 25 % of the traffic',
    ],
  ])(
    'tells of a rollout when nothing is wrong (%j)',
    (changes, word, reason) => {
      const latest = deployment({
        id: 'vercel:dpl_2',
        commit: { sha: '9ab02e1000' },
      });
      const rollout = { ...canary, ...changes };
      expect(
        describeForkStatus(fork, status({ live, latest, rollout })),
      ).toMatchObject({ status: word, statusReason: reason });
    },
  );

  it('tells of a failed deployment rather than of a rollout', () => {
    const latest = deployment({ id: 'vercel:dpl_3', state: 'failed' });
    expect(
      describeForkStatus(fork, status({ live, latest, rollout: canary }))
        .status,
    ).toBe('degraded');
  });

  it('calls a fork healthy that serves its newest deployment', () => {
    expect(
      describeForkStatus(
        fork,
        status({ live, url: 'https://shop.example.com' }),
      ),
    ).toEqual({
      status: 'healthy',
      statusReason: 'Live abcdef0',
      live: {
        deploymentId: 'vercel:dpl_1',
        sha: 'abcdef0123',
        message: 'Fix',
        author: 'ana',
        since: '2026-11-21T10:00:00.000Z',
      },
      productionUrl: 'https://shop.example.com',
    });
  });

  it.each([
    [
      { live, latest: deployment({ state: 'building' }) },
      'healthy',
      'is being built',
    ],
    [
      { live, latest: deployment({ state: 'queued', commit: undefined }) },
      'healthy',
      'a new version is being built',
    ],
    [
      { live, latest: deployment({ state: 'failed' }) },
      'degraded',
      'abcdef0 failed; abcdef0 is still live',
    ],
    [{ latest: deployment({ state: 'failed' }) }, 'failing', 'nothing is live'],
    [
      { latest: deployment({ state: 'building' }) },
      'in-progress',
      'It is being deployed',
    ],
    [
      { latest: deployment({ state: 'canceled' }) },
      'unknown',
      'Nothing is live',
    ],
  ])('of %j says %s', (production, word, reason) => {
    const described = describeForkStatus(fork, status(production));
    expect(described.status).toBe(word);
    expect(described.statusReason).toContain(reason);
  });

  it('says that it does not know when the provider was never heard', () => {
    expect(
      describeForkStatus(
        known,
        status(undefined, { staleReason: 'no answer' }),
      ),
    ).toEqual({
      status: 'unknown',
      statusReason: 'Its deployments are not known: no answer',
      live: known.live,
    });
  });

  it('keeps what is known while the projection is still empty', () => {
    expect(describeForkStatus(known, status())).toEqual({
      status: 'healthy',
      statusReason: 'Live before',
      live: known.live,
    });
    expect(describeForkStatus(fork, status())).toEqual({
      status: 'unknown',
      statusReason: 'Nothing has been deployed yet',
    });
  });

  it('falls back on when it was ready or created for since when it is live', () => {
    const since = (changes: Partial<Deployment>) =>
      describeForkStatus(fork, status({ live: deployment(changes) })).live
        ?.since;
    expect(since({ readyAt: '2026-11-21T09:30:00.000Z' })).toBe(
      '2026-11-21T09:30:00.000Z',
    );
    expect(since({})).toBe('2026-11-21T09:00:00.000Z');
  });
});
