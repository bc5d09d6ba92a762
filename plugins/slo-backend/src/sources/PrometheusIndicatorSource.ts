import { InputError } from '@backstage/errors';
import { parseEntityRef } from '@backstage/catalog-model';
import type { RequestCounts } from '@forkyard/plugin-slo-common';
import { z } from 'zod';
import type {
  PrometheusIndicator,
  SloIndicatorDefinition,
} from '../openslo/SloDefinition';
import type {
  CountedEntity,
  CountedTime,
  IndicatorSource,
} from './IndicatorSource';
import type { Prometheus } from './Prometheus';

const MINUTE_MS = 60_000;

/** A time in seconds and a number as text, which may be NaN or +Inf. */
const sampleSchema = z.tuple([z.number(), z.string()]);
const vectorSchema = z.object({
  resultType: z.literal('vector'),
  result: z.array(z.object({ value: sampleSchema })),
});
const matrixSchema = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ values: z.array(sampleSchema) })),
});

/**
 * Counts what a Prometheus has counted.
 *
 * The queries of the file give a rate per second or an increase at an instant;
 * over a time they are added up by a subquery, every minute up to six hours and
 * every five minutes beyond. Counts are therefore close, and not exact.
 * `{{entity}}` in a query stands for the name of the catalog entity.
 */
export class PrometheusIndicatorSource implements IndicatorSource {
  constructor(private readonly prometheus: Pick<Prometheus, 'get'>) {}

  async count(
    entity: CountedEntity,
    indicator: SloIndicatorDefinition,
    times: CountedTime[],
  ): Promise<(RequestCounts | undefined)[]> {
    const { counted, countedQuery, totalQuery } = toPrometheus(indicator);
    return Promise.all(
      times.map(async time => {
        const total = await this.#sum(entity, totalQuery, time);
        if (!(total !== undefined && total > 0)) return undefined;
        const some = await this.#sum(entity, countedQuery, time);
        // A series of failures does not exist before the first one.
        if (counted === 'bad') return toCounts(total - (some ?? 0), total);
        return some === undefined ? undefined : toCounts(some, total);
      }),
    );
  }

  async countSteps(
    entity: CountedEntity,
    indicator: SloIndicatorDefinition,
    time: CountedTime & { stepMinutes: number },
  ): Promise<RequestCounts[]> {
    const { counted, countedQuery, totalQuery } = toPrometheus(indicator);
    const [totals, somes] = await Promise.all([
      this.#sumSteps(entity, totalQuery, time),
      this.#sumSteps(entity, countedQuery, time),
    ]);
    return totals.map((total, index) => {
      const some = somes[index];
      if (!(total !== undefined && total > 0)) return { good: 0, total: 0 };
      if (counted === 'bad') return toCounts(total - (some ?? 0), total);
      return some === undefined ? { good: 0, total: 0 } : toCounts(some, total);
    });
  }

  async #sum(
    entity: CountedEntity,
    query: string,
    { from, to }: CountedTime,
  ): Promise<number | undefined> {
    const minutes = (to.getTime() - from.getTime()) / MINUTE_MS;
    const { result } = await this.prometheus.get({
      what: `count requests of '${entity.entityRef}'`,
      path: '/api/v1/query',
      query: {
        query: sumOver(entity, query, minutes),
        time: toSeconds(to),
      },
      schema: vectorSchema,
    });
    assertOne(result);
    return result.length === 0 ? undefined : toNumber(result[0].value);
  }

  async #sumSteps(
    entity: CountedEntity,
    query: string,
    { from, to, stepMinutes }: CountedTime & { stepMinutes: number },
  ): Promise<(number | undefined)[]> {
    const stepMs = stepMinutes * MINUTE_MS;
    const { result } = await this.prometheus.get({
      what: `count requests of '${entity.entityRef}'`,
      path: '/api/v1/query_range',
      query: {
        query: sumOver(entity, query, stepMinutes),
        start: toSeconds(new Date(from.getTime() + stepMs)),
        end: toSeconds(new Date(to.getTime() + stepMs)),
        step: `${stepMinutes}m`,
      },
      schema: matrixSchema,
    });
    assertOne(result);
    const steps = Array.from<number | undefined>({
      length: Math.ceil((to.getTime() - from.getTime()) / stepMs),
    });
    for (const sample of result[0]?.values ?? []) {
      const index =
        Math.round((sample[0] * 1000 - from.getTime()) / stepMs) - 1;
      if (index >= 0 && index < steps.length) {
        steps[index] = toNumber(sample);
      }
    }
    return steps;
  }
}

function toPrometheus(indicator: SloIndicatorDefinition): PrometheusIndicator {
  if (indicator.type !== 'prometheus') {
    throw new Error(`Prometheus cannot count '${indicator.type}'`);
  }
  return indicator;
}

function sumOver(
  { entityRef }: CountedEntity,
  query: string,
  minutes: number,
): string {
  const stepMinutes = minutes > 360 ? 5 : 1;
  const { name } = parseEntityRef(entityRef);
  const filled = query.replaceAll(
    /\{\{\s*entity\s*\}\}/g,
    name.replaceAll(/[\\"'`]/g, ''),
  );
  const sum = `sum_over_time((${filled})[${minutes}m:${stepMinutes}m])`;
  return /\bi?rate\s*\(/.test(query) ? `${sum} * ${stepMinutes * 60}` : sum;
}

function assertOne(result: unknown[]): void {
  if (result.length > 1) {
    throw new InputError(
      `A query gives ${result.length} series instead of one: add them up with sum()`,
    );
  }
}

/** NaN and infinities measure nothing. */
function toNumber([, text]: [number, string]): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Extrapolated rates do not add up exactly. */
function toCounts(good: number, total: number): RequestCounts {
  return { good: Math.min(total, Math.max(0, good)), total };
}

function toSeconds(time: Date): string {
  return String(time.getTime() / 1000);
}
