import {
  isError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import {
  decodeCursor,
  encodeCursor,
  type DatabaseChangeFeed,
} from '@forkyard/backend-kit';
import {
  budgetBurnDown,
  chartStepMinutes,
  type BudgetSeries,
  type CountsRequest,
  type EntitySlos,
  type ListAlertsRequest,
  type Slo,
  type SloSummary,
  type TrafficRequest,
} from '@forkyard/plugin-slo-common';
import { z } from 'zod';
import type { AlertStore } from '../database/AlertStore';
import type { EntityStore, SloEntity } from '../database/EntityStore';
import type { SloDefinition } from '../openslo/SloDefinition';
import {
  findSource,
  type EvaluationService,
  type IndicatorSources,
} from './EvaluationService';
import type { EvaluationSettings } from './evaluateSlo';
import { evaluateSlo } from './evaluateSlo';
import type { SloFileService } from './SloFileService';
import type { SloService } from './SloService';
import type { TrafficService } from './TrafficService';

const DEFAULT_LIMIT = 25;
const HOUR_MS = 3_600_000;
/** Between two times that the readers of an entity have its file read. */
const REFRESH_PAUSE_MS = 10_000;

const alertPosition = z.tuple([z.iso.datetime(), z.uuid()]);

/** Answers from what is held. */
export class DefaultSloService implements SloService {
  /** When readers last had the file of an entity read, by this process. */
  readonly #refreshedAt = new Map<string, number>();

  constructor(
    private readonly options: {
      entities: EntityStore;
      alerts: AlertStore;
      summaries: Pick<DatabaseChangeFeed<SloSummary>, 'list'>;
      files: Pick<SloFileService, 'readFile' | 'trackEntity'>;
      evaluation: Pick<EvaluationService, 'evaluateEntity'>;
      traffic: TrafficService;
      openSources: () => IndicatorSources;
      settings: EvaluationSettings;
    },
  ) {}

  async listSlos({ entityRef }: { entityRef: string }): Promise<EntitySlos> {
    const entity = await this.options.entities.find(entityRef);
    if (!entity) return { entityRef, items: [], fileProblems: [] };
    const { definitions, problems, file, evaluatedAt, sourceError } = entity;
    return {
      entityRef,
      items: definitions.map(definition => this.#toSlo(entity, definition)),
      fileProblems: problems,
      asOf: evaluatedAt?.toISOString(),
      staleReason: file.error ?? sourceError,
    };
  }

  async getBudget(request: {
    entityRef: string;
    name: string;
  }): Promise<BudgetSeries> {
    const { entityRef, name } = request;
    const entity = await this.options.entities.find(entityRef);
    const definition = entity?.definitions.find(slo => slo.name === name);
    if (!entity || !definition) {
      throw new NotFoundError(
        `Entity '${entityRef}' has no SLO '${name}', or you may not see it.`,
      );
    }
    const to = new Date();
    const from = new Date(
      Math.floor(to.getTime() / HOUR_MS) * HOUR_MS -
        definition.windowDays * 24 * HOUR_MS,
    );
    const stepMinutes = chartStepMinutes({ from, to, finestMinutes: 60 });
    const { source } = findSource(
      entity,
      definition,
      this.options.openSources(),
    );
    const steps = source
      ? await source
          .countSteps(entity, definition.indicator, {
            from,
            to,
            stepMinutes,
          })
          .catch(error => {
            throw toUnavailable(error, `${entityRef}#${name}`);
          })
      : [];
    const remaining = budgetBurnDown(steps, definition.objective);
    return {
      id: `${entityRef}#${name}`,
      from: from.toISOString(),
      to: to.toISOString(),
      stepMinutes,
      points: steps.map((step, index) => ({
        at: new Date(
          Math.min(
            from.getTime() + (index + 1) * stepMinutes * 60_000,
            to.getTime(),
          ),
        ).toISOString(),
        budgetRemainingRatio: remaining[index],
        ...step,
      })),
    };
  }

  async getTraffic(request: TrafficRequest) {
    return this.options.traffic.getTraffic(request);
  }

  async getCounts(request: CountsRequest) {
    return this.options.traffic.getCounts(request);
  }

  async listAlerts(request: ListAlertsRequest) {
    const { cursor, limit = DEFAULT_LIMIT, ...filter } = request;
    const position = cursor ? decodeCursor(alertPosition, cursor) : undefined;
    const found = await this.options.alerts.list({
      ...filter,
      after: position && { startsAt: position[0], id: position[1] },
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        found.length > limit && last
          ? encodeCursor([last.startsAt, last.id])
          : undefined,
    };
  }

  async listSummaries(request: { cursor?: string; limit: number }) {
    return this.options.summaries.list(request);
  }

  async refresh({ entityRef }: { entityRef: string }): Promise<EntitySlos> {
    const { entities, files, evaluation } = this.options;
    if (!this.#beginRefresh(entityRef)) return this.listSlos({ entityRef });
    await files.trackEntity({ entityRef });
    if (!(await entities.find(entityRef))) {
      this.#refreshedAt.delete(entityRef);
      throw new NotFoundError(
        `Entity '${entityRef}' has no OpenSLO file: add the annotation 'forkyard.dev/slo' with the path of one in its repository.`,
      );
    }
    await files.readFile({ entityRef, throws: true });
    await evaluation.evaluateEntity({ entityRef });
    return this.listSlos({ entityRef });
  }

  /** Gives false when it was read so lately that what is held will do. */
  #beginRefresh(entityRef: string): boolean {
    const now = Date.now();
    for (const [other, at] of this.#refreshedAt) {
      if (now - at >= REFRESH_PAUSE_MS) this.#refreshedAt.delete(other);
    }
    if (this.#refreshedAt.has(entityRef)) return false;
    this.#refreshedAt.set(entityRef, now);
    return true;
  }

  /** A definition that was not evaluated yet is shown as unknown. */
  #toSlo(entity: SloEntity, definition: SloDefinition): Slo {
    const held = entity.slos.find(({ name }) => name === definition.name);
    if (held) return held;
    const { asOf: _never, ...slo } = evaluateSlo({
      entityRef: entity.entityRef,
      definition,
      counts: new Map(),
      previous: undefined,
      at: new Date(),
      settings: this.options.settings,
      trouble: 'It was not evaluated yet.',
    });
    return slo;
  }
}

/** A query that a Prometheus rejects is the file's fault, not the reader's. */
function toUnavailable(error: unknown, sloId: string): unknown {
  return isError(error) && error.name === 'InputError'
    ? new ServiceUnavailableError(
        `The budget of '${sloId}' cannot be computed: ${error.message}. Correct the SLO's file.`,
        error,
      )
    : error;
}
