import { isDeepStrictEqual } from 'node:util';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import type { DatabaseChangeFeed } from '@forkyard/backend-kit';
import {
  summarizeSlos,
  type RequestCounts,
  type Slo,
  type SloSummary,
} from '@forkyard/plugin-slo-common';
import type { EntityStore, SloEntity } from '../database/EntityStore';
import type { SloDefinition } from '../openslo/SloDefinition';
import type { IndicatorSource } from '../sources/IndicatorSource';
import {
  evaluateSlo,
  listFiringAlerts,
  listWindowMinutes,
  type EvaluationSettings,
} from './evaluateSlo';
import type { SloAnnouncer } from './SloAnnouncer';

/** Entities looked at in one pass. */
const BATCH = 500;
/** Evaluated at once. */
const CONCURRENCY = 4;
/** Seconds until an SLO is looked at again whose traffic is silent. */
const QUIET_SECONDS = 300;
/** Seconds between two looks at a Prometheus, each of which is many queries. */
const PROMETHEUS_SECONDS = 60;

type Counts = Map<number, RequestCounts | undefined>;

/** The source of each type of indicator. */
export interface IndicatorSources {
  rollups: IndicatorSource;
  /** Absent when no Prometheus is configured. */
  prometheus?: IndicatorSource;
}

/**
 * Computes how the SLOs stand, and begins and ends their alerts.
 *
 * Any number of replicas may do so at once: what was computed counts only when
 * nobody else's result came between. A source that does not answer leaves the
 * states and alerts of its SLOs as they are.
 */
export class EvaluationService {
  constructor(
    private readonly options: {
      entities: EntityStore;
      /** Makes the sources of one evaluation, which may share what they read. */
      openSources: () => IndicatorSources;
      summaries: Pick<DatabaseChangeFeed<SloSummary>, 'put'>;
      announcer: Pick<SloAnnouncer, 'announce'>;
      logger: LoggerService;
      settings: EvaluationSettings & { evaluationSeconds: number };
    },
  ) {}

  /** Evaluates what is due; failures of one entity do not keep others. */
  async evaluateDue(signal?: AbortSignal): Promise<void> {
    const due = await this.options.entities.listDueEvaluations(BATCH);
    const failures: unknown[] = [];
    const next = due.values();
    const work = async () => {
      for (const entityRef of next) {
        if (signal?.aborted) return;
        await this.evaluateEntity({ entityRef }).catch(error => {
          failures.push(error);
        });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `The SLOs of ${failures.length} entities could not be evaluated: ${failures[0]}`,
      );
    }
  }

  /** Evaluates the entities of some projects, of which more was counted. */
  async evaluateProjects(projectIds: string[]): Promise<void> {
    await this.options.entities.requestEvaluation(projectIds);
    await this.evaluateDue();
  }

  /** Evaluates one entity now; does nothing when it has no SLOs. */
  async evaluateEntity(request: {
    entityRef: string;
    now?: Date;
  }): Promise<void> {
    const { entities, summaries, announcer, settings } = this.options;
    const { entityRef, now: at = new Date() } = request;
    const entity = await entities.find(entityRef);
    if (!entity) return;
    const sources = this.options.openSources();
    const results = await Promise.all(
      entity.definitions.map(definition =>
        this.#evaluate({ entity, definition, at, sources }),
      ),
    );
    const slos = results.map(({ slo }) => slo);
    const changed = await entities.saveEvaluation({
      entityRef,
      expected: entity.evaluation,
      at,
      slos,
      sourceError: results.find(({ error }) => error)?.error,
      nextInSeconds: Math.max(
        settings.evaluationSeconds,
        Math.min(...results.map(({ nextInSeconds }) => nextInSeconds)),
      ),
      firing: results.flatMap(({ slo, counts }) =>
        listFiringAlerts(slo, counts),
      ),
    });
    if (!changed) return;
    await summaries.put([summarizeSlos(entityRef, slos)]);
    if (changed.length > 0 || differ(entity.slos, slos)) {
      await announcer.announce(entityRef, changed);
    }
  }

  async #evaluate(options: {
    entity: SloEntity;
    definition: SloDefinition;
    at: Date;
    sources: IndicatorSources;
  }): Promise<{
    slo: Slo;
    counts: Counts;
    error?: string;
    nextInSeconds: number;
  }> {
    const { entity, definition, at, sources } = options;
    const { settings, logger } = this.options;
    const { entityRef } = entity;
    const previous = entity.slos.find(({ name }) => name === definition.name);
    const evaluate = (counts: Counts, trouble?: string) =>
      evaluateSlo({
        entityRef,
        definition,
        counts,
        previous,
        at,
        settings,
        trouble,
      });
    const { source, trouble } = findSource(entity, definition, sources);
    try {
      const counts: Counts = new Map();
      if (source) {
        const minutes = listWindowMinutes(definition, settings);
        const measured = await source.count(
          entity,
          definition.indicator,
          minutes.map(length => endingAt(at, length)),
        );
        minutes.forEach((length, index) => counts.set(length, measured[index]));
      }
      const slo = evaluate(counts, trouble);
      return { slo, counts, nextInSeconds: untilNextLook(slo) };
    } catch (error) {
      if (!isError(error)) throw error;
      const message = error.message;
      logger.warn(`SLO '${entityRef}#${definition.name}': ${message}`);
      const kept = previous && isSame(previous, definition);
      return {
        slo: kept ? previous : evaluate(new Map(), message),
        counts: new Map(),
        error: `${definition.title}: ${message}`,
        nextInSeconds: PROMETHEUS_SECONDS,
      };
    }
  }
}

/** Finds what measures an SLO, or why nothing does. */
export function findSource(
  { projectIds }: SloEntity,
  { indicator }: SloDefinition,
  { rollups, prometheus }: IndicatorSources,
): { source?: IndicatorSource; trouble?: string } {
  if (indicator.type === 'prometheus') {
    return prometheus
      ? { source: prometheus }
      : {
          trouble:
            "This SLO asks a Prometheus, and none is configured as 'slo.prometheus.url'.",
        };
  }
  return projectIds.length > 0
    ? { source: rollups }
    : {
        trouble:
          'No Vercel project is known to be of this entity, so no request can be counted.',
      };
}

/** The window of so many minutes that ends with the minute in progress. */
function endingAt(at: Date, minutes: number): { from: Date; to: Date } {
  const to = Math.floor(at.getTime() / 60_000 + 1) * 60_000;
  return { from: new Date(to - minutes * 60_000), to: new Date(to) };
}

/** Where there is traffic, time alone changes the windows. */
function untilNextLook(slo: Slo): number {
  if (slo.signal === 'prometheus') return PROMETHEUS_SECONDS;
  return slo.burn.some(({ shortBurnRate }) => shortBurnRate !== undefined)
    ? 0
    : QUIET_SECONDS;
}

/** Whether there is something to see beside the time. */
function differ(before: Slo[], after: Slo[]): boolean {
  const seen = (slos: Slo[]) => slos.map(slo => ({ ...slo, asOf: undefined }));
  return !isDeepStrictEqual(
    JSON.parse(JSON.stringify(seen(before))),
    JSON.parse(JSON.stringify(seen(after))),
  );
}

/** Whether a state still says something about a definition. */
function isSame(slo: Slo, definition: SloDefinition): boolean {
  return (
    slo.objective === definition.objective &&
    slo.windowDays === definition.windowDays &&
    slo.signal === definition.indicator.type
  );
}
