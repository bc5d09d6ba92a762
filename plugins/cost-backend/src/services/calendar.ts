const DAY_MS = 24 * 60 * 60_000;

/** The UTC day of a time, `YYYY-MM-DD`. */
export function toDay(time: Date): string {
  return time.toISOString().slice(0, 10);
}

/** The day so many days after another, or before it. */
export function addDays(day: string, days: number): string {
  return toDay(new Date(Date.parse(day) + days * DAY_MS));
}

/** The first day of the month so many months after that of a day. */
export function startOfMonth(day: string, months = 0): string {
  const [year, month] = day.split('-').map(Number);
  return toDay(new Date(Date.UTC(year, month - 1 + months, 1)));
}

/** The last day of the month of a day. */
export function endOfMonth(day: string): string {
  return addDays(startOfMonth(day, 1), -1);
}

/** The days from one to another, both included. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}
