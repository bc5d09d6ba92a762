/*
 * Amounts are decimal strings in US dollars in plain notation, exact as the
 * provider charged them and therefore often finer than a cent, unless a field
 * says "to the cent". Days are UTC days `YYYY-MM-DD`, months `YYYY-MM`, times
 * ISO 8601 UTC.
 */

/**
 * What kind of charge it is, in the words of FOCUS.
 *
 * @public
 */
export type ChargeCategory =
  'Usage' | 'Purchase' | 'Tax' | 'Credit' | 'Adjustment';

/**
 * What an entity costs this month.
 *
 * @public
 */
export interface EntityCost {
  entityRef: string;
  currency: 'USD';
  month: string;
  /** Absent while the provider has charged nothing for the entity. */
  monthToDate?: string;
  forecast: Forecast;
  /** The entity's monthly budget; absent when it names none. */
  budget?: string;
  /** Why the budget that the entity names is not used. */
  budgetProblem?: string;
  /** This month's cost by service, highest first; sums to `monthToDate`. */
  byService: ServiceCost[];
  unitCost: UnitCost;
  /** Days of this month that cost unusually much, newest first. */
  anomalies: CostAnomaly[];
  /** Charges of this month in other currencies, which are in no sum. */
  otherCurrencies: { currency: string; amount: string }[];
  /** When the provider last told the charges. Absent: never yet. */
  asOf?: string;
  /** Why the charges are older than they should be, when they are. */
  staleReason?: string;
}

/**
 * A day that cost unusually much, as `findUnusualCost` decides.
 *
 * @public
 */
export interface CostAnomaly {
  day: string;
  amount: string;
  /** What such a day usually costs, to the cent. */
  usual: string;
}

/** @public */
export interface ServiceCost {
  service: string;
  amount: string;
}

/**
 * What the month will cost when the days to come are like the last ones.
 *
 * @public
 */
export type Forecast =
  | {
      known: true;
      /** To the cent, like `low` and `high`. */
      amount: string;
      /** In 8 of 10 such months the cost ends between these two. */
      low: string;
      high: string;
      /** Full days from which it is estimated, 3 to 7. */
      basisDays: number;
    }
  | {
      known: false;
      reason: string;
    };

/**
 * How a month's cost stands to its budget, as `judgeBudget` decides.
 *
 * @public
 */
export type BudgetStanding = 'over' | 'forecast-over' | 'within';

/**
 * Cost per 1,000 requests this month.
 *
 * @public
 */
export type UnitCost =
  | {
      known: true;
      perThousandRequests: string;
      /** Requests that the provider charged for this month. */
      requests: string;
    }
  | { known: false; reason: string };

/**
 * What one service cost on one day.
 *
 * @public
 */
export interface DailyCost {
  day: string;
  service: string;
  amount: string;
}

/** @public */
export interface ListDailyCostsRequest {
  entityRef: string;
  /** First day. */
  from: string;
  /** Last day, included. */
  to: string;
  cursor?: string;
  /** 1 to 1000, default 500. */
  limit?: number;
}

/**
 * One charge, as the provider told it.
 *
 * @public
 */
export interface Charge {
  id: string;
  source: string;
  day: string;
  category: ChargeCategory;
  service: string;
  amount: string;
  currency: string;
  projectId?: string;
  /** What was consumed, a decimal string. */
  quantity?: string;
  unit?: string;
  region?: string;
  /** Further columns of the provider, unread. */
  other: Record<string, unknown>;
}

/** @public */
export interface ListChargesRequest extends ListDailyCostsRequest {}

/**
 * This month's cost of the entities that a group owns and the caller may see.
 *
 * @public
 */
export interface GroupCosts {
  owner: string;
  currency: 'USD';
  month: string;
  /** Sum over all entities, those of other pages included, to the cent. */
  total: string;
  /** Sum of the budgets; absent when no entity has one. */
  budget?: string;
  /** Highest cost first. */
  items: GroupCostItem[];
  nextCursor?: string;
  asOf?: string;
  staleReason?: string;
}

/** @public */
export interface GroupCostItem {
  entityRef: string;
  title?: string;
  /**
   * To the cent; the amounts of all pages sum to `total`. Absent while nothing
   * was charged for it, which is unknown rather than nothing.
   */
  amount?: string;
  /** To the cent; absent while unknown. */
  forecast?: string;
  budget?: string;
}

/** @public */
export interface ListGroupCostsRequest {
  /** Ref of the group, for example `group:default/platform`. */
  owner: string;
  cursor?: string;
  /** 1 to 100, default 25. */
  limit?: number;
}

/**
 * What other backends list of an entity's cost; one row of the change feed.
 *
 * @public
 */
export interface CostSummary {
  entityRef: string;
  currency: 'USD';
  /** To the cent, like the forecast; absent while no charge of it is known. */
  monthToDate?: string;
  forecast?: string;
  budget?: string;
  asOf?: string;
}

/**
 * The whole bill of a month: who is charged for what, and the rest. All amounts
 * are to the cent; `allocated`, `notAllocated` and `shared` sum to `total`, and
 * the lines of all pages to the first two.
 *
 * @public
 */
export interface Bill {
  currency: 'USD';
  month: string;
  total: string;
  /** On entities. */
  allocated: string;
  /** For projects that belong to no entity. */
  notAllocated: string;
  shared: SharedRemainder;
  /** Highest amount first. */
  items: BillLine[];
  nextCursor?: string;
  otherCurrencies: { currency: string; amount: string }[];
  asOf?: string;
  staleReason?: string;
  /** The days whose charges could not be replaced, newest first; at most 31. */
  staleDays: StaleDay[];
  /** Lines of the provider's last answer that were no charges. */
  rejectedLines: RejectedLines;
}

/** An entity, or a project that belongs to none. @public */
export type BillLine =
  | { entityRef: string; amount: string }
  | { projectId: string; projectName?: string; amount: string };

/** @public */
export interface GetBillRequest {
  /** Default: this month. */
  month?: string;
  cursor?: string;
  /** 1 to 1000, default 100. */
  limit?: number;
}

/** @public */
export interface StaleDay {
  day: string;
  reason: string;
  since: string;
}

/** @public */
export interface RejectedLines {
  count: number;
  /** The first ones, with what is wrong about them. */
  examples: { line: number; reason: string }[];
}

/**
 * How charges fall on entities. All amounts are to the cent and sum to `total`.
 *
 * @public
 */
export interface Allocation {
  total: string;
  /** By entity, highest first. */
  entities: { entityRef: string; amount: string }[];
  /** Charges for projects that belong to no entity, highest first. */
  notAllocated: { projectId: string; projectName?: string; amount: string }[];
  shared: SharedRemainder;
}

/**
 * Charges that name no project, such as seats, and what they are for.
 *
 * @public
 */
export interface SharedRemainder {
  amount: string;
  services: ServiceCost[];
  explanation: string;
}

/** @public */
export interface RefreshRequest {
  /**
   * Takes answers for days that have far fewer charges than are held, which
   * otherwise replace nothing. Default false.
   */
  acceptShrunken?: boolean;
}

/** @public */
export interface RefreshResult {
  /** Days whose charges changed. */
  replacedDays: number;
  staleDays: StaleDay[];
  rejectedLines: RejectedLines;
  asOf: string;
}
