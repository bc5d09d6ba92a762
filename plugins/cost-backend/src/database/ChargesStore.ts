import type {
  Bill,
  Charge,
  DailyCost,
  RejectedLines,
  StaleDay,
} from '@forkyard/plugin-cost-common';
import type { SourceCharge } from '../sources/ChargesSource';

/** A day and what a source answered for it. */
export interface DayAnswer {
  day: string;
  charges: SourceCharge[];
}

/**
 * What became of an answer: taken, equal to what is held, refused because too
 * much is missing, or older than what is held.
 */
export interface DayOutcome {
  day: string;
  outcome: 'replaced' | 'unchanged' | 'stale' | 'outdated';
}

/** What all sources together know of some days. */
export interface Coverage {
  /** When a source told what is held of the last day; absent when never. */
  asOf?: Date;
  /** The last day with charges. */
  latestChargedDay?: string;
  /** Days of which a source was asked. */
  days: Set<string>;
  /** Why a source could not be asked, or its answer not taken. */
  staleReason?: string;
}

type Range = { from: string; to: string };
type Amount = { currency: string; amount: string };

/**
 * Holds the charges. Days are UTC days, ranges include both ends, amounts are
 * exact decimal strings, and sums are in US dollars where no currency is given.
 */
export interface ChargesStore {
  /** The database's time, so that replicas with different clocks agree. */
  now(): Promise<Date>;
  /** When each day was last asked for. */
  listCheckedDays(source: string): Promise<Map<string, Date>>;
  /**
   * Replaces the charges of days, all in one transaction. Answers that are much
   * shrunken replace nothing unless that is asked for, nor do those that were
   * asked for before what is held.
   */
  replaceDays(options: {
    source: string;
    title: string;
    askedAt: Date;
    answers: DayAnswer[];
    acceptShrunken: boolean;
  }): Promise<DayOutcome[]>;
  recordSuccess(source: string, rejected: RejectedLines): Promise<void>;
  recordFailure(source: string, error: string): Promise<void>;

  getCoverage(range: Range): Promise<Coverage>;
  getRejectedLines(): Promise<RejectedLines>;
  listStaleDays(limit: number): Promise<StaleDay[]>;

  /** The first day on which each entity was charged. */
  listFirstDays(entityRefs: string[]): Promise<Map<string, string>>;
  sumByDay(
    entityRefs: string[],
    range: Range,
  ): Promise<{ entityRef: string; day: string; amount: string }[]>;
  sumByService(
    entityRef: string,
    range: Range,
  ): Promise<(Amount & { service: string })[]>;
  /** Requests that were charged for; absent when none of the services was. */
  sumRequests(
    entityRef: string,
    range: Range & { services: string[] },
  ): Promise<string | undefined>;
  listDailyCosts(
    entityRef: string,
    range: Range & { after?: { day: string; service: string }; limit: number },
  ): Promise<DailyCost[]>;
  listCharges(
    entityRef: string,
    range: Range & {
      after?: { day: string; source: string; ordinal: number };
      limit: number;
    },
  ): Promise<Charge[]>;

  /** By project, and by service for what names no project. */
  sumForBill(range: Range): Promise<
    {
      amount: string;
      service: string;
      projectId?: string;
      projectName?: string;
    }[]
  >;
  sumOtherCurrencies(range: Range): Promise<Bill['otherCurrencies']>;
  /** At most 1,000 entities with charges on one of the days. */
  listChargedEntities(days: string[]): Promise<string[]>;
}
