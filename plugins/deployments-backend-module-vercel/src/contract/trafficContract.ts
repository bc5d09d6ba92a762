import type { ContractCase } from './ContractCase';
import type { ContractFixture } from './ContractFixture';

/** Clocks of platforms may differ from ours. */
const CLOCK_TOLERANCE_MS = 60_000;

async function tellsLive(fixture: ContractFixture) {
  const id = await fixture.deployToProduction();
  const production = await fixture.productionServing(id);
  expect(production?.liveExternalId).toBe(id);
  expect(production?.aliases[0]).toContain(fixture.projectName);
  expect(URL.canParse(production?.aliases[0] ?? '')).toBe(true);
}

async function promotes(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const older = await fixture.deployToProduction();
  const newer = await fixture.deployToProduction();
  await fixture.productionServing(newer);
  await provider.promote(project, older);
  const production = await fixture.productionServing(older);
  expect(production?.liveExternalId).toBe(older);
  expect(production?.aliases[0]).toContain(fixture.projectName);
  const [newest] = await provider.listDeployments(project, { limit: 1 });
  expect(newest.externalId).toBe(newer);
}

async function rollsBack(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const older = await fixture.deployToProduction();
  await fixture.productionServing(older);
  const newer = await fixture.deployToProduction();
  await fixture.productionServing(newer);
  const before = new Date(Date.now() - CLOCK_TOLERANCE_MS);
  await provider.rollback(project, older);
  const production = await fixture.productionServing(older);
  expect(production?.liveExternalId).toBe(older);
  expect(production?.pinned?.since?.getTime()).toBeGreaterThan(
    before.getTime(),
  );
  const later = await fixture.deployToProduction();
  expect((await fixture.readProduction()).liveExternalId).toBe(older);
  await provider.promote(project, later);
  const promoted = await fixture.productionServing(later);
  expect(promoted?.liveExternalId).toBe(later);
  expect(promoted?.pinned).toBeUndefined();
}

async function staysWhereItIs(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const older = await fixture.deployToProduction();
  const newer = await fixture.deployToProduction();
  await fixture.productionServing(newer);
  await provider.promote(project, newer);
  await provider.rollback(project, older);
  await provider.rollback(project, older);
  const production = await fixture.readProduction();
  expect(production.liveExternalId).toBe(older);
  expect(production.pinned).toBeDefined();
  await provider.promote(project, older);
  expect((await fixture.readProduction()).pinned).toBeUndefined();
}

async function stages(fixture: ContractFixture) {
  const { provider, project } = fixture;
  const live = await fixture.deployToProduction();
  await fixture.productionServing(live);
  await provider.setStaging(project, { isStaged: true });
  await provider.setStaging(project, { isStaged: true });
  const staged = await fixture.deployToProduction();
  expect((await fixture.readProduction()).liveExternalId).toBe(live);
  await provider.promote(project, staged);
  expect((await fixture.readProduction()).liveExternalId).toBe(staged);
  await provider.setStaging(project, { isStaged: false });
  const next = await fixture.deployToProduction();
  expect((await fixture.productionServing(next))?.liveExternalId).toBe(next);
}

/** While rolling releases are configured, a promotion only begins one. */
async function promotesAtOnce(fixture: ContractFixture, id: string) {
  const { provider, project, canary } = fixture;
  await provider.promote(project, id);
  expect((await fixture.readProduction()).liveExternalId).toBe(id);
  expect((await canary.getCanary(project))?.state).not.toBe('active');
}

async function givesShares(fixture: ContractFixture) {
  const { project, canary } = fixture;
  const { stable, newer, newest } = await fixture.deployStaged();
  const start = { externalId: newer, percentages: [10, 50] };
  await canary.startCanary(project, start);
  await canary.startCanary(project, start);
  const active = {
    canaryExternalId: newer,
    stableExternalId: stable,
    state: 'active',
  };
  expect(await canary.getCanary(project)).toMatchObject({
    ...active,
    stageIndex: 0,
    percent: 10,
  });
  expect((await fixture.readProduction()).liveExternalId).toBe(stable);
  await expect(
    canary.startCanary(project, { ...start, externalId: newest }),
  ).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining(newer),
  });

  await canary.advanceCanary(project, { externalId: newer, stageIndex: 1 });
  await canary.advanceCanary(project, { externalId: newer, stageIndex: 1 });
  await canary.advanceCanary(project, { externalId: newer, stageIndex: 0 });
  expect(await canary.getCanary(project)).toMatchObject({
    ...active,
    stageIndex: 1,
    percent: 50,
  });
  await expect(
    canary.advanceCanary(project, { externalId: newer, stageIndex: 2 }),
  ).rejects.toMatchObject({ name: 'InputError' });

  await canary.completeCanary(project, { externalId: newer });
  await canary.completeCanary(project, { externalId: newer });
  expect(await canary.getCanary(project)).toMatchObject({
    ...active,
    state: 'complete',
    stageIndex: 1,
    percent: 100,
  });
  expect((await fixture.readProduction()).liveExternalId).toBe(newer);
  await expect(
    canary.abortCanary(project, { externalId: newer }),
  ).rejects.toMatchObject({ name: 'ConflictError' });
  await promotesAtOnce(fixture, newest);
}

async function takesTrafficBack(fixture: ContractFixture) {
  const { project, canary } = fixture;
  const { stable, newer, newest } = await fixture.deployStaged();
  await canary.startCanary(project, { externalId: newer, percentages: [20] });
  await canary.abortCanary(project, { externalId: newer });
  await canary.abortCanary(project, { externalId: newer });
  expect(await canary.getCanary(project)).toMatchObject({
    canaryExternalId: newer,
    stableExternalId: stable,
    state: 'aborted',
    percent: 0,
  });
  const production = await fixture.readProduction();
  expect(production.liveExternalId).toBe(stable);
  expect(production.pinned).toBeUndefined();
  const externalId = newer;
  for (const goOn of [
    () => canary.advanceCanary(project, { externalId, stageIndex: 0 }),
    () => canary.completeCanary(project, { externalId }),
  ]) {
    await expect(goOn()).rejects.toMatchObject({ name: 'ConflictError' });
  }
  await canary.startCanary(project, { externalId, percentages: [5] });
  expect(await canary.getCanary(project)).toMatchObject({
    state: 'active',
    percent: 5,
  });
  await canary.abortCanary(project, { externalId });
  await promotesAtOnce(fixture, newest);
}

async function keepsPinOfRollback(fixture: ContractFixture) {
  const { project, canary, provider } = fixture;
  const { stable, newer } = await fixture.deployStaged();
  await canary.startCanary(project, { externalId: newer, percentages: [20] });
  await provider.rollback(project, stable);
  await canary.abortCanary(project, { externalId: newer });
  const production = await fixture.readProduction();
  expect(production.liveExternalId).toBe(stable);
  expect(production.pinned).toBeDefined();
  await provider.promote(project, stable);
}

async function refusesWrongPercentages({ project, canary }: ContractFixture) {
  for (const percentages of [[], [0], [100], [5, 5], [50, 20], [1.5]]) {
    await expect(
      canary.startCanary(project, { externalId: 'dpl_any', percentages }),
    ).rejects.toMatchObject({ name: 'InputError' });
  }
}

/** What must hold of production's traffic wherever it can be moved. */
export const trafficContract: ContractCase[] = [
  {
    title: 'tells what is live in production, and under which URL',
    needs: 'traffic',
    run: tellsLive,
  },
  {
    title: 'promotes an older deployment without a new build',
    needs: 'traffic',
    run: promotes,
  },
  {
    title:
      'rolls production back to an older deployment and pins it, until one is promoted',
    needs: 'traffic',
    run: rollsBack,
  },
  {
    title: 'changes nothing when a promotion or a rollback is repeated',
    needs: 'traffic',
    run: staysWhereItIs,
  },
  {
    title: 'keeps deployments for production from traffic while told to',
    needs: 'traffic',
    run: stages,
  },
  {
    title: 'gives a canary its shares of the traffic one by one, and then all',
    needs: 'canary',
    run: givesShares,
  },
  {
    title: 'takes all traffic from a canary again, without pinning production',
    needs: 'canary',
    run: takesTrafficBack,
  },
  {
    title: 'leaves the pin of a rollback that ended a canary',
    needs: 'canary',
    run: keepsPinOfRollback,
  },
  {
    title: 'takes no percentages for a canary that are not ascending shares',
    run: refusesWrongPercentages,
  },
];
