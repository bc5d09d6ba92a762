import { mockServices, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ServiceUnavailableError } from '@backstage/errors';
import type { RequestCounts, SloAlert } from '@forkyard/plugin-slo-common';
import { createTestStores } from '../__testUtils__/createTestStores';
import type { SloDefinition } from '../openslo/SloDefinition';
import type { CountedTime, IndicatorSource } from '../sources/IndicatorSource';
import { EvaluationService } from './EvaluationService';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const ENTITY_REF = 'component:default/shop';
const AVAILABILITY: SloDefinition = {
  name: 'availability',
  title: 'Availability',
  objective: 0.999,
  windowDays: 30,
  indicator: { type: 'availability' },
};
const NOON = new Date('2026-11-21T12:00:30Z');
const minutesLater = (minutes: number) =>
  new Date(NOON.getTime() + minutes * 60_000);

/** Counts requests by when they were made; may be away. */
class MemorySource implements IndicatorSource {
  readonly #requests: { at: Date; good: number; total: number }[] = [];
  isDown = false;
  asked: CountedTime[] = [];

  add(at: Date, counts: { good?: number; bad?: number }) {
    const { good = 0, bad = 0 } = counts;
    this.#requests.push({ at, good, total: good + bad });
  }

  async count(_entity: object, _indicator: object, times: CountedTime[]) {
    if (this.isDown) throw new ServiceUnavailableError('The source is away');
    this.asked = times;
    return times.map(({ from, to }) => {
      const counts = { good: 0, total: 0 };
      for (const { at, good, total } of this.#requests) {
        if (at < from || at >= to) continue;
        counts.good += good;
        counts.total += total;
      }
      return counts.total > 0 ? counts : undefined;
    });
  }

  async countSteps(): Promise<RequestCounts[]> {
    throw new Error('Not asked for here');
  }
}

async function setUp(
  options: {
    definitions?: SloDefinition[];
    prometheus?: MemorySource;
    hasProject?: boolean;
  } = {},
) {
  const { definitions = [AVAILABILITY], prometheus, hasProject } = options;
  const knex = await databases.init('POSTGRES_18');
  const stores = await createTestStores(knex);
  await stores.entities.track([
    { entityRef: ENTITY_REF, url: 'https://x/slo.yaml', path: 'slo.yaml' },
  ]);
  const define = (defined: SloDefinition[]) =>
    stores.entities.saveFile(ENTITY_REF, {
      outcome: 'read',
      definitions: defined,
      nextInSeconds: 60,
    });
  await define(definitions);
  if (hasProject !== false) {
    await stores.entities.saveProjects([
      { projectId: 'prj_1', entityRef: ENTITY_REF },
    ]);
  }
  const source = new MemorySource();
  const announced: SloAlert[][] = [];
  const evaluation = new EvaluationService({
    ...stores,
    openSources: () => ({ rollups: source, prometheus }),
    announcer: {
      announce: async (_entityRef: string, alerts: SloAlert[]) => {
        announced.push(alerts);
      },
    },
    logger: mockServices.logger.mock(),
    settings: { minimumBadRequests: 5, windowScale: 1, evaluationSeconds: 15 },
  });
  return {
    ...stores,
    knex,
    define,
    source,
    announced,
    evaluation,
    evaluate: (now: Date) =>
      evaluation.evaluateEntity({ entityRef: ENTITY_REF, now }),
    firing: async () =>
      (await stores.alerts.list({ state: 'firing', limit: 100 }))
        .map(({ slo, severity }) => `${slo} ${severity}`)
        .sort(),
    slo: async (name = 'availability') =>
      (await stores.entities.find(ENTITY_REF))!.slos.find(
        slo => slo.name === name,
      )!,
  };
}

describe('EvaluationService', () => {
  it('begins an alert once, and ends it when the short window is well again', async () => {
    const { source, evaluate, firing, announced, slo } = await setUp();
    source.add(NOON, { good: 10_000, bad: 400 });
    await evaluate(NOON);
    await evaluate(minutesLater(1));
    expect(await firing()).toEqual([
      'availability page',
      'availability ticket',
    ]);
    // The second time nothing is different.
    expect(announced.map(alerts => alerts.length)).toEqual([2]);
    expect(await slo()).toMatchObject({ status: 'exhausted' });

    source.add(minutesLater(6), { good: 1000 });
    await evaluate(minutesLater(6));
    // The pair of an hour has ended; that of six hours still burns.
    expect(await firing()).toEqual([
      'availability page',
      'availability ticket',
    ]);
    source.add(minutesLater(40), { good: 1000 });
    await evaluate(minutesLater(40));
    expect(await firing()).toEqual(['availability ticket']);
    expect(announced.at(-1)).toEqual([
      expect.objectContaining({
        severity: 'page',
        state: 'resolved',
        startsAt: NOON.toISOString(),
        endsAt: minutesLater(40).toISOString(),
      }),
    ]);
  });

  it('keeps an alert while its source is away, silent, or has no project any more', async () => {
    const { source, evaluate, firing, entities, slo, knex } = await setUp();
    source.add(NOON, { good: 100, bad: 100 });
    await evaluate(NOON);
    const before = await slo();

    source.isDown = true;
    await evaluate(minutesLater(10));
    expect(await firing()).toHaveLength(2);
    expect(await slo()).toEqual(before);
    expect(await entities.find(ENTITY_REF)).toMatchObject({
      sourceError: 'Availability: The source is away',
    });

    source.isDown = false;
    await evaluate(minutesLater(600));
    expect(await firing()).toHaveLength(2);
    expect((await slo()).burn[0]).toMatchObject({ firing: true });
    expect((await slo()).burn[0]).not.toHaveProperty('shortBurnRate');
    expect((await entities.find(ENTITY_REF))!.sourceError).toBeUndefined();

    await evaluate(minutesLater(40 * 1440));
    expect(await slo()).toMatchObject({
      status: 'burning',
      total: 0,
      statusReason: expect.stringContaining('it stays until requests'),
    });

    await knex('slo_projects').delete();
    await evaluate(minutesLater(41 * 1440));
    expect(await firing()).toHaveLength(2);
    expect((await slo()).statusReason).toContain('No Vercel project is known');
  });

  it('does not begin an alert for a few bad requests of a quiet service', async () => {
    const { source, evaluate, firing, slo } = await setUp();
    source.add(NOON, { good: 4, bad: 4 });
    await evaluate(NOON);
    expect(await firing()).toEqual([]);
    expect((await slo()).burn[0]).toMatchObject({
      firing: false,
      heldBack: 'low-traffic',
    });
  });

  it('lets one of two evaluations at once count, and never has two alerts', async () => {
    const { source, evaluate, firing, announced } = await setUp();
    source.add(NOON, { good: 100, bad: 100 });
    await Promise.all([evaluate(NOON), evaluate(NOON), evaluate(NOON)]);
    expect(await firing()).toEqual([
      'availability page',
      'availability ticket',
    ]);
    expect(announced.flat()).toHaveLength(2);
  });

  it('does not save what was computed from a definition that changed meanwhile', async () => {
    const { source, evaluate, define, entities, announced } = await setUp();
    source.add(NOON, { good: 100, bad: 100 });
    const count = source.count.bind(source);
    source.count = async (...request) => {
      await define([{ ...AVAILABILITY, objective: 0.5 }]);
      return count(...request);
    };
    await evaluate(NOON);
    expect((await entities.find(ENTITY_REF))!.evaluatedAt).toBeUndefined();
    expect(announced).toEqual([]);
    expect(await entities.listDueEvaluations(10)).toEqual([ENTITY_REF]);
  });

  it('ends the alerts of an SLO that was taken out of its file', async () => {
    const { source, evaluate, define, firing } = await setUp();
    source.add(NOON, { good: 100, bad: 100 });
    await evaluate(NOON);
    await define([{ ...AVAILABILITY, name: 'renamed' }]);
    await evaluate(minutesLater(1));
    expect(await firing()).toEqual(['renamed page', 'renamed ticket']);
  });

  it('evaluates what is due, and the rest even when one entity fails', async () => {
    const { source, evaluation, entities, knex, slo } = await setUp();
    source.add(new Date(), { good: 10 });
    await entities.track([
      { entityRef: 'component:default/broken', url: 'u', path: 'p' },
    ]);
    await knex('slo_entities')
      .where({ entity_ref: 'component:default/broken' })
      .update({ definitions: JSON.stringify([{ name: 'x' }]) });
    await expect(evaluation.evaluateDue()).rejects.toThrow(
      'The SLOs of 1 entities could not be evaluated',
    );
    expect(await slo()).toMatchObject({ status: 'ok', total: 10 });
    expect(await entities.listDueEvaluations(10)).toEqual([
      'component:default/broken',
    ]);
    expect(await entities.requestEvaluation(['prj_1'])).toEqual([ENTITY_REF]);
    expect(await entities.listDueEvaluations(10)).toContain(ENTITY_REF);
  });

  it('tells the portfolio the worst of the SLOs, and only when it changed', async () => {
    const prometheus = new MemorySource();
    const { source, evaluate, summaries, slo } = await setUp({
      prometheus,
      definitions: [
        AVAILABILITY,
        {
          ...AVAILABILITY,
          name: 'queue',
          objective: 0.9,
          indicator: {
            type: 'prometheus',
            counted: 'good',
            countedQuery: 'a',
            totalQuery: 'b',
          },
        },
      ],
    });
    source.add(NOON, { good: 100 });
    prometheus.add(NOON, { good: 95, bad: 5 });
    await evaluate(NOON);
    const first = await summaries.list({ limit: 10 });
    expect(first.items).toEqual([
      {
        entityRef: ENTITY_REF,
        status: 'ok',
        budgetRemainingRatio: 0.5,
        asOf: NOON.toISOString(),
      },
    ]);
    expect((await slo('queue')).signal).toBe('prometheus');
    await evaluate(minutesLater(1));
    const second = await summaries.list({ cursor: first.cursor, limit: 10 });
    expect(second.items).toEqual([]);
  });

  it('says why an SLO is unknown when nothing can measure it', async () => {
    const { evaluate, slo } = await setUp({
      hasProject: false,
      definitions: [
        AVAILABILITY,
        {
          ...AVAILABILITY,
          name: 'queue',
          indicator: {
            type: 'prometheus',
            counted: 'good',
            countedQuery: 'a',
            totalQuery: 'b',
          },
        },
      ],
    });
    await evaluate(NOON);
    expect(await slo()).toMatchObject({
      status: 'unknown',
      statusReason: expect.stringContaining('No Vercel project is known'),
    });
    expect(await slo('queue')).toMatchObject({
      status: 'unknown',
      statusReason: expect.stringContaining("'slo.prometheus.url'"),
    });
  });

  it('counts whole minutes up to the one in progress', async () => {
    const { source, evaluate } = await setUp();
    await evaluate(NOON);
    expect(source.asked).toHaveLength(8);
    expect(source.asked).toContainEqual({
      from: new Date('2026-11-21T11:56:00Z'),
      to: new Date('2026-11-21T12:01:00Z'),
    });
  });
});
