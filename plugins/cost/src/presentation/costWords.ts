import {
  BUDGET_STANDING_WORDS,
  formatUsd,
  judgeBudget,
  type BudgetStanding,
  type EntityCost,
  type Forecast,
} from '@forkyard/plugin-cost-common';
import type { Status } from '@forkyard/frontend-kit';

/** Answers what an entity costs, in one sentence. */
export function costSentence(
  cost: Pick<EntityCost, 'monthToDate' | 'forecast' | 'budget'>,
): string {
  const { monthToDate = '0', forecast, budget } = cost;
  const parts = [`${formatUsd(monthToDate)} this month`];
  if (forecast.known) parts.push(`about ${about(forecast.amount)} by the end`);
  if (budget) parts.push(`of a ${usd(budget)} budget`);
  return `${parts.join(', ')}.`;
}

const statuses: Record<BudgetStanding, Status> = {
  over: 'failing',
  'forecast-over': 'degraded',
  within: 'healthy',
};

/** Words and draws how a cost stands to its budget. */
export function describeBudget(options: {
  spent: string;
  forecast?: string;
  budget: string;
}): {
  status: Status;
  word: string;
  /** Spent part of the budget, for drawing. */
  ratio: number;
} {
  const standing = judgeBudget(options);
  return {
    status: statuses[standing],
    word: BUDGET_STANDING_WORDS[standing],
    ratio: Number(options.spent) / Number(options.budget),
  };
}

/** Says where the month is going, or why that is not known. */
export function forecastSentence(forecast: Forecast): string {
  if (!forecast.known) return forecast.reason;
  return `About ${about(forecast.amount)} by the end of the month, in 8 of 10 cases between ${about(forecast.low)} and ${about(forecast.high)}, if the days to come are like the last ${forecast.basisDays} full ones.`;
}

/** Writes an estimate as finely as it deserves: `$31`, `$3.10`. */
export function about(amount: string): string {
  const isLarge = Math.abs(Number(amount)) >= 20;
  return usd(isLarge ? Number(amount).toFixed(0) : amount);
}

/** Writes an amount, without cents when it has none: `$50`, `$49.90`. */
export function usd(amount: string): string {
  return formatUsd(amount).replace(/\.00$/, '');
}

/** Writes what little things cost each, to two digits that say something: `$0.0051`. */
export function unitUsd(amount: string): string {
  const number = Number(amount);
  if (number === 0 || Math.abs(number) >= 0.1) return formatUsd(amount);
  return number.toLocaleString('en-US', {
    style: 'currency',
    currency: 'USD',
    maximumSignificantDigits: 2,
  });
}

/** Writes a charge that is told to the cent: none of less than a cent reads as nothing. */
export function chargedUsd(cents: string): string {
  return Number(cents) === 0 ? 'less than $0.01' : formatUsd(cents);
}

/** Writes the name of a month: `November 2026`. */
export function monthName(month: string): string {
  return new Date(`${month}-01T00:00:00Z`).toLocaleDateString('en-US', {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  });
}

/** The month of a time and those before it, the newest first. */
export function latestMonths(now: Date, count: number): string[] {
  return Array.from({ length: count }, (_, age) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - age, 1))
      .toISOString()
      .slice(0, 7),
  );
}

/** How many days a month has. */
export function daysOfMonth(month: string): string[] {
  const [year, number] = month.split('-').map(Number);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from(
    { length: count },
    (_, index) => `${month}-${String(index + 1).padStart(2, '0')}`,
  );
}
