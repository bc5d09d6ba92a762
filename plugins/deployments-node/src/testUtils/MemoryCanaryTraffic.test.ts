import { MemoryCanaryTraffic } from './MemoryCanaryTraffic';

describe('MemoryCanaryTraffic', () => {
  const project = { provider: 'memory', projectId: 'prj_1' };
  const canary = { externalId: 'new' };
  const started = { ...canary, percentages: [10, 50] };
  let live: string | undefined;
  let traffic: MemoryCanaryTraffic;

  beforeEach(() => {
    live = 'old';
    traffic = new MemoryCanaryTraffic({
      getLive: () => live,
      setLive: externalId => {
        live = externalId;
      },
    });
  });

  it('goes through its stages to all traffic, and repeating a step changes nothing', async () => {
    await traffic.startCanary(project, started);
    await traffic.startCanary(project, started);
    expect(await traffic.getCanary()).toEqual({
      canaryExternalId: 'new',
      stableExternalId: 'old',
      state: 'active',
      stageIndex: 0,
      percent: 10,
    });
    await traffic.advanceCanary(project, { ...canary, stageIndex: 1 });
    await traffic.advanceCanary(project, { ...canary, stageIndex: 0 });
    expect(await traffic.getCanary()).toMatchObject({ percent: 50 });
    await traffic.completeCanary(project, canary);
    await traffic.completeCanary(project, canary);
    expect(await traffic.getCanary()).toMatchObject({ state: 'complete' });
    expect(live).toBe('new');
    await expect(traffic.abortCanary(project, canary)).rejects.toThrow(
      'has all traffic',
    );
  });

  it('gives everything back to the stable version', async () => {
    await traffic.startCanary(project, started);
    await traffic.abortCanary(project, canary);
    await traffic.abortCanary(project, canary);
    expect(await traffic.getCanary()).toMatchObject({
      state: 'aborted',
      percent: 0,
    });
    expect(live).toBe('old');
  });

  it('refuses what providers refuse', async () => {
    await expect(
      traffic.startCanary(project, { ...canary, percentages: [50, 10] }),
    ).rejects.toThrow('not ascending');
    await expect(traffic.completeCanary(project, canary)).rejects.toThrow(
      'is no canary',
    );
    await traffic.startCanary(project, started);
    await expect(
      traffic.startCanary(project, { ...started, externalId: 'other' }),
    ).rejects.toThrow("'new' is a canary already");
    await expect(
      traffic.advanceCanary(project, { externalId: 'other', stageIndex: 1 }),
    ).rejects.toThrow('is no canary');
    await expect(
      traffic.advanceCanary(project, { ...canary, stageIndex: 2 }),
    ).rejects.toThrow('no stage 2');
    live = undefined;
    traffic.current = undefined;
    await expect(traffic.startCanary(project, started)).rejects.toThrow(
      'nothing to share',
    );
    traffic.failure = new Error('The provider is away');
    await expect(traffic.getCanary()).rejects.toThrow('away');
    expect(traffic.calls.at(-1)).toBe('getCanary');
  });
});
