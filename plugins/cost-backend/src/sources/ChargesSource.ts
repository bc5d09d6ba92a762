import type {
  ChargeCategory,
  RejectedLines,
} from '@forkyard/plugin-cost-common';

/**
 * One charge as a source told it. Amounts and quantities are decimal strings.
 */
export interface SourceCharge {
  day: string;
  category: ChargeCategory;
  service: string;
  amount: string;
  effectiveAmount?: string;
  currency: string;
  /** The project's id, or `name:` and its name when only that is told. */
  projectKey?: string;
  projectName?: string;
  quantity?: string;
  unit?: string;
  region?: string;
  /** Further columns, unread. */
  other: Record<string, unknown>;
}

/** What a source answered for some days. */
export interface ChargesAnswer {
  charges: SourceCharge[];
  rejected: RejectedLines;
}

/**
 * A system that charges for what runs, and tells what.
 */
export interface ChargesSource {
  /** Kept with every charge; never changes. */
  readonly id: string;
  /** How it is called in messages. */
  readonly title: string;
  /**
   * Lists the charges whose period begins on one of the days. Throws
   * `ServiceUnavailableError` whatever goes wrong, with words for the user.
   *
   * @param range - UTC days, `to` included.
   */
  listCharges(
    range: { from: string; to: string },
    options: { signal?: AbortSignal },
  ): Promise<ChargesAnswer>;
}
