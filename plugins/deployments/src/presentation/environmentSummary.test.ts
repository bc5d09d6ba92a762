import {
  building,
  createStatus,
  failed,
  live,
} from '../__testUtils__/deployments';
import {
  isMoving,
  mainEnvironment,
  sortEnvironments,
  summarizeEnvironment,
} from './environmentSummary';

const environment = 'production';

describe('summarizeEnvironment', () => {
  it.each([
    ['Production serves 3f2c1a9.', 'healthy', { environment, live }],
    [
      'c0ffee1 is building for production.',
      'in-progress',
      { environment, latest: building },
    ],
    [
      'c0ffee1 is queued for production; 3f2c1a9 serves until it is ready.',
      'in-progress',
      { environment, live, latest: { ...building, state: 'queued' as const } },
    ],
    [
      'bad0bad failed, and nothing serves in production.',
      'failing',
      { environment, latest: failed },
    ],
    [
      'Nothing serves in production; the newest deployment, bad0bad, was never sent traffic.',
      'unknown',
      { environment, latest: { ...failed, state: 'canceled' as const } },
    ],
    [
      'Nothing has been deployed to production yet.',
      'unknown',
      { environment },
    ],
  ])('says "%s" in words of the status language', (sentence, status, given) => {
    expect(summarizeEnvironment(given)).toEqual({ status, sentence });
  });
});

describe('an environment whose rollout waits for somebody', () => {
  it('says for what, and to nobody that it is them', () => {
    const rollout = {
      id: 'rollout-1',
      deploymentId: 'vercel:dpl_new',
      strategy: 'canary',
      state: 'checking',
      percent: 0,
      waitingFor: 'approval',
    } as const;
    const { label, sentence } = summarizeEnvironment({
      environment,
      live,
      rollout,
    });
    expect(label).toBe('Waiting for approval');
    expect(sentence).toMatch(/^Canary, waiting for approval: /);
    const paused = { ...rollout, state: 'paused', percent: 10 } as const;
    expect(
      summarizeEnvironment({ environment, live, rollout: paused }).label,
    ).toBe('Paused');
  });
});

describe('the order of environments', () => {
  it('puts production first and the others by name, whatever order came', () => {
    const environments = ['staging', 'production', 'preview'].map(name => ({
      environment: name,
    }));
    expect(
      sortEnvironments(environments).map(entry => entry.environment),
    ).toEqual(['production', 'staging', 'preview']);
    expect(mainEnvironment(createStatus({ environments }))?.environment).toBe(
      'production',
    );
  });

  it('has no main environment where there is none', () => {
    expect(mainEnvironment(createStatus({ environments: [] }))).toBeUndefined();
  });
});

describe('isMoving', () => {
  it('is true only while the newest deployment of an environment runs', () => {
    expect(isMoving(undefined)).toBe(false);
    expect(isMoving(createStatus())).toBe(false);
    expect(
      isMoving(
        createStatus({ environments: [{ environment, latest: building }] }),
      ),
    ).toBe(true);
    expect(
      isMoving(
        createStatus({ environments: [{ environment, latest: failed }] }),
      ),
    ).toBe(false);
  });
});
