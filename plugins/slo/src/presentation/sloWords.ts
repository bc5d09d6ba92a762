import type { Status } from '@forkyard/frontend-kit';
import {
  summarizeSlos,
  type Slo,
  type SloStatus,
} from '@forkyard/plugin-slo-common';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The portal's word for the state of an SLO. */
export const sloStatuses: Record<SloStatus, Status> = {
  ok: 'healthy',
  burning: 'degraded',
  exhausted: 'failing',
  unknown: 'unknown',
};

/**
 * Says how an SLO stands, for example "99.93 % of 99.9 %, 31 % of budget left,
 * runs out in 9 days at this rate".
 */
export function sloSentence(slo: Slo, now: Date): string {
  const { ratio } = slo;
  if (ratio === undefined) {
    return `Nothing was measured yet; the objective is ${formatObjective(slo)}`;
  }
  return [
    `${formatRatio(slo, ratio)} of ${formatObjective(slo)}`,
    budgetLeft(slo),
    budgetTrend(slo, now),
  ]
    .filter(Boolean)
    .join(', ');
}

/** Says what is left of the error budget: "31 % of budget left". */
export function budgetLeft(slo: Slo): string {
  const left = slo.budgetRemainingRatio;
  if (left === undefined) return 'budget unknown';
  if (left < 0) {
    return `budget overspent by ${formatWhole(Math.ceil(-left * 100))}`;
  }
  return `${formatBudget(left)} of budget left`;
}

/** Says where the error budget is going, when that is known. */
export function budgetTrend(slo: Slo, now: Date): string | undefined {
  if (slo.exhaustsAt) {
    const inMs = Date.parse(slo.exhaustsAt) - now.getTime();
    return inMs > 0
      ? `runs out in ${formatSpan(inMs)} at this rate`
      : 'runs out now';
  }
  const left = slo.budgetRemainingRatio;
  return left !== undefined && left > 0 ? 'lasts at this rate' : undefined;
}

/**
 * Writes the measured share with one digit more than the objective, rounded
 * down: what missed the objective never reads as if it had met it.
 */
export function formatRatio(slo: Slo, ratio: number): string {
  const digits = Math.max(2, digitsOf(slo.objective) + 1);
  const scale = 10 ** digits;
  // The small addition undoes what binary fractions lose: 0.9993 * 100 = 99.92999…
  const percent = Math.floor(ratio * 100 * scale + 1e-6) / scale;
  return `${percent.toLocaleString(undefined, {
    minimumFractionDigits: Math.min(2, digits),
    maximumFractionDigits: digits,
  })} %`;
}

export function formatObjective(slo: Slo): string {
  return `${(slo.objective * 100).toLocaleString(undefined, {
    maximumFractionDigits: digitsOf(slo.objective),
  })} %`;
}

/** Writes what is left of a budget, rounded down: "31 %". */
export function formatBudget(ratio: number): string {
  if (ratio > 0 && ratio < 0.01) return '< 1 %';
  return formatWhole(Math.floor(ratio * 100 + 1e-6));
}

function formatWhole(percent: number): string {
  return `${percent.toLocaleString()} %`;
}

/** Digits after the point that an objective has as a percentage, at most five. */
function digitsOf(objective: number): number {
  const text = (objective * 100).toFixed(5).replace(/0+$/, '');
  return text.length - text.indexOf('.') - 1;
}

/** Writes a span in one unit and in words: "9 days", "1 hour". */
export function formatSpan(milliseconds: number): string {
  if (milliseconds >= 2 * dayMs) return plural(milliseconds / dayMs, 'day');
  if (milliseconds >= 2 * hourMs) return plural(milliseconds / hourMs, 'hour');
  return plural(Math.max(milliseconds / 60_000, 1), 'minute');
}

function plural(amount: number, unit: string): string {
  const whole = Math.floor(amount);
  return `${whole} ${unit}${whole === 1 ? '' : 's'}`;
}

/** Answers the tab's question for all SLOs together. */
export function answerForAll(slos: Slo[]): {
  status: Status;
  sentence: string;
} {
  const [first] = slos;
  if (!first) return { status: 'unknown', sentence: 'There are no SLOs yet.' };
  const worst = summarizeSlos(first.entityRef, slos);
  const status = sloStatuses[worst.status];
  const alike = slos.filter(slo => slo.status === worst.status);
  const unmeasured = slos.filter(slo => slo.status === 'unknown');
  const subject =
    alike.length === slos.length && slos.length > 1
      ? `All ${slos.length} SLOs`
      : `${alike.length} of ${slos.length} SLOs`;
  const one = alike.length === 1;
  switch (worst.status) {
    case 'exhausted':
      return {
        status,
        sentence: `${subject} ${one ? 'has spent its' : 'have spent their'} error budget: ${titles(alike)}.`,
      };
    case 'burning':
      return {
        status,
        sentence: `${subject} ${one ? 'burns its' : 'burn their'} error budget too fast: ${titles(alike)}.`,
      };
    case 'unknown':
      return {
        status,
        sentence: unmeasuredSentence(unmeasured),
      };
    default:
      return {
        status,
        sentence: keptSentence(alike, unmeasured),
      };
  }
}

function keptSentence(kept: Slo[], unmeasured: Slo[]): string {
  const all = kept.length + unmeasured.length;
  if (unmeasured.length > 0) {
    return `${kept.length} of ${all} SLOs ${kept.length === 1 ? 'is' : 'are'} kept. ${unmeasuredSentence(unmeasured)}`;
  }
  return all === 1 ? 'The SLO is kept.' : `All ${all} SLOs are kept.`;
}

function unmeasuredSentence(slos: Slo[]): string {
  const subject = slos.length === 1 ? '1 SLO' : `${slos.length} SLOs`;
  return `Of ${subject} nothing was measured yet: ${titles(slos)}.`;
}

function titles(slos: Slo[]): string {
  const shown = slos.slice(0, 3).map(({ title }) => title);
  const more = slos.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** Writes the length of a window: "5 min", "1 h", "3 d". */
export function formatWindow(minutes: number): string {
  if (minutes >= 1_440 && minutes % 1_440 === 0) return `${minutes / 1_440} d`;
  if (minutes >= 60 && minutes % 60 === 0) return `${minutes / 60} h`;
  return `${minutes} min`;
}
