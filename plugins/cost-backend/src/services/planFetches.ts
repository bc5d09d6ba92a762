import { addDays, daysBetween, startOfMonth, toDay } from './calendar';

/** Charges of these last days are still coming in. */
const RECENT_DAYS = 3;
const LONGEST_RANGE_DAYS = 31;
const RECHECK_MS = 24 * 60 * 60_000;

/**
 * Decides which days to ask a source for, the newest first.
 *
 * The last three always; the rest of this month and the one before, in which
 * corrections come, once a day; what is older once. A range is at most 31 days,
 * so that each is read and kept on its own and an interrupted first reading goes
 * on where it stopped.
 */
export function planFetches(options: {
  now: Date;
  backfillMonths: number;
  /** When each day was last asked for; a day that never was is absent. */
  checkedAt: ReadonlyMap<string, Date>;
}): { from: string; to: string }[] {
  const { now, backfillMonths, checkedAt } = options;
  const today = toDay(now);
  const recent = addDays(today, 1 - RECENT_DAYS);
  const corrected = startOfMonth(today, -1);
  const isDue = (day: string) => {
    const checked = checkedAt.get(day);
    return (
      !checked ||
      (day >= corrected && now.getTime() - checked.getTime() >= RECHECK_MS)
    );
  };
  const ranges = [{ from: recent, to: today }];
  const oldest = startOfMonth(today, -backfillMonths);
  for (const day of daysBetween(oldest, addDays(recent, -1)).reverse()) {
    if (!isDue(day)) continue;
    const last = ranges.at(-1)!;
    const length = daysBetween(last.from, last.to).length;
    if (
      ranges.length > 1 &&
      addDays(day, 1) === last.from &&
      length < LONGEST_RANGE_DAYS
    ) {
      last.from = day;
    } else {
      ranges.push({ from: day, to: day });
    }
  }
  return ranges;
}
