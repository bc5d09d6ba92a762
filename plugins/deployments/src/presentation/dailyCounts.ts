import type { Deployment } from '@forkyard/plugin-deployments-common';

export interface DailyCount {
  /** Midnight in the reader's zone. */
  day: Date;
  ready: number;
  failed: number;
  /** Running, canceled or deleted. */
  other: number;
}

const longestDays = 14;

/**
 * Counts deployments by the reader's calendar day, days without any included,
 * up to today and at most two weeks back.
 *
 * With `partial`, older deployments exist that are not given: the oldest day
 * is then left out, because its count would be too low.
 */
export function dailyCounts(
  deployments: Deployment[],
  options: { now: Date; partial: boolean },
): DailyCount[] {
  const oldest = deployments.reduce<Date | undefined>(
    (found, { createdAt }) => {
      const at = new Date(createdAt);
      return found && found < at ? found : at;
    },
    undefined,
  );
  if (!oldest) return [];
  const today = startOfDay(options.now);
  const earliest = daysBefore(today, longestDays - 1);
  let day = startOfDay(oldest);
  if (options.partial) day = daysBefore(day, -1);
  if (day < earliest) day = earliest;
  const counts: DailyCount[] = [];
  for (; day <= today; day = daysBefore(day, -1)) {
    counts.push({ day, ready: 0, failed: 0, other: 0 });
  }
  for (const { createdAt, state } of deployments) {
    const time = startOfDay(new Date(createdAt)).getTime();
    const count = counts.find(candidate => candidate.day.getTime() === time);
    if (!count) continue;
    if (state === 'ready' || state === 'failed') count[state] += 1;
    else count.other += 1;
  }
  return counts;
}

function startOfDay(at: Date): Date {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate());
}

function daysBefore(day: Date, days: number): Date {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() - days);
}
