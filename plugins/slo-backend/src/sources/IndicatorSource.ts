import type { RequestCounts } from '@forkyard/plugin-slo-common';
import type { SloIndicatorDefinition } from '../openslo/SloDefinition';

/** Whose requests are counted. */
export interface CountedEntity {
  entityRef: string;
  /** The provider's ids. */
  projectIds: string[];
}

/** From when to when; `from` belongs to it, `to` does not. */
export interface CountedTime {
  from: Date;
  to: Date;
}

/**
 * Counts good and all requests of an indicator. Throws
 * `ServiceUnavailableError` when the source does not answer, and `InputError`
 * when it cannot answer what is asked.
 */
export interface IndicatorSource {
  /** Gives undefined for a time in which nothing was measured. */
  count(
    entity: CountedEntity,
    indicator: SloIndicatorDefinition,
    times: CountedTime[],
  ): Promise<(RequestCounts | undefined)[]>;
  /** Counts step by step; the last step may be cut short by `to`. */
  countSteps(
    entity: CountedEntity,
    indicator: SloIndicatorDefinition,
    time: CountedTime & { stepMinutes: number },
  ): Promise<RequestCounts[]>;
}
