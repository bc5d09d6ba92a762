const dayMs = 24 * 3_600_000;

const clock: Intl.DateTimeFormatOptions = {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
};

const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };

/** Writes a tick of a time axis in the reader's zone: the day at midnight, else the time. */
export function formatTimeTick(at: Date): string {
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return at.toLocaleString(undefined, isMidnight ? day : clock);
}

/** Chooses moments for ticks that a reader of a clock or calendar expects. */
export function timeTicks(from: Date, to: Date, most: number): Date[] {
  const rough = (to.getTime() - from.getTime()) / Math.max(most, 1);
  return rough > dayMs / 2
    ? dayTicks(from, to, Math.ceil(rough / dayMs))
    : clockTicks(from, to, rough);
}

function dayTicks(from: Date, to: Date, everyDays: number): Date[] {
  const ticks: Date[] = [];
  for (let count = 1; ; count += everyDays) {
    const tick = new Date(
      from.getFullYear(),
      from.getMonth(),
      from.getDate() + count,
    );
    if (tick > to) return ticks;
    ticks.push(tick);
  }
}

const clockStepsMinutes = [
  1, 2, 5, 10, 15, 30, 60, 120, 180, 240, 360, 480, 720,
];

function clockTicks(from: Date, to: Date, roughMs: number): Date[] {
  const step =
    clockStepsMinutes.find(minutes => minutes * 60_000 >= roughMs) ?? 720;
  const midnight = new Date(
    from.getFullYear(),
    from.getMonth(),
    from.getDate(),
  );
  const first = Math.ceil(
    (from.getTime() - midnight.getTime()) / (step * 60_000),
  );
  const ticks: Date[] = [];
  for (let count = first; ; count += 1) {
    // Wall-clock minutes, so that ticks stay round across a change of summer time.
    const tick = new Date(
      midnight.getFullYear(),
      midnight.getMonth(),
      midnight.getDate(),
      0,
      count * step,
    );
    if (tick > to) return ticks;
    if (tick >= from) ticks.push(tick);
  }
}

/** Writes a moment in the reader's zone and in UTC: "21 Nov, 13:04 (12:04 UTC)". */
export function formatMoment(at: Date): string {
  const local = at.toLocaleString(undefined, { ...day, ...clock });
  const utc = { timeZone: 'UTC' } as const;
  const sameDay =
    at.toLocaleDateString(undefined, day) ===
    at.toLocaleDateString(undefined, { ...day, ...utc });
  const inUtc = at.toLocaleString(undefined, {
    ...(sameDay ? {} : day),
    ...clock,
    ...utc,
  });
  return `${local} (${inUtc} UTC)`;
}

/** Writes a calendar day, `YYYY-MM-DD`, as "21 Nov". */
export function formatDay(isoDay: string): string {
  const at = new Date(`${isoDay}T00:00:00Z`);
  return Number.isNaN(at.getTime())
    ? isoDay
    : at.toLocaleDateString(undefined, { ...day, timeZone: 'UTC' });
}

/** Writes a number for a tick: short, whatever its size. */
export function formatTick(value: number): string {
  return value.toLocaleString(undefined, {
    maximumSignificantDigits: 4,
    notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard',
  });
}

/** Writes a value with its unit: "0.42 %", "180 ms". */
export function formatValue(value: number, unit: string): string {
  const number = value.toLocaleString(
    undefined,
    Math.abs(value) >= 100
      ? { maximumFractionDigits: 0 }
      : { maximumSignificantDigits: 3 },
  );
  return unit ? `${number} ${unit}` : number;
}
