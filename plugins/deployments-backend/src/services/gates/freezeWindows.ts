/** A time in which no new version gets traffic. */
export type FreezeWindow = {
  name: string;
  entities?: FreezeScope;
} & (OnceWindow | WeeklyWindow);

interface OnceWindow {
  kind: 'once';
  from: Date;
  /** Exclusive. */
  to: Date;
}

interface WeeklyWindow {
  kind: 'weekly';
  /** Days on which it begins, 0 is Monday. */
  days: number[];
  /** Minutes since midnight on the clocks of the time zone. */
  from: number;
  /** Exclusive, up to 1440; when it is not after `from`, it is of the next day. */
  to: number;
  timeZone: string;
}

/** Whom a window concerns; each list that is given must match. */
export interface FreezeScope {
  refs?: string[];
  owners?: string[];
  systems?: string[];
  tiers?: string[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const WEEK_MS = 7 * DAY_MS;

/** Within a quarter of an hour of UTC no time zone moves its clocks. */
const QUARTER_MS = 15 * MINUTE_MS;

/** Three weeks of quarters: whatever repeats weekly has shown its end by then. */
const MAX_STEPS = 3 * 7 * 24 * 4;

const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/**
 * Tells whether a window holds at a moment.
 *
 * A weekly one goes by what clocks show: an hour that they skip is not in it,
 * and one that they show twice is in it twice.
 */
export function isFrozen(window: FreezeWindow, at: Date): boolean {
  if (window.kind === 'once') return window.from <= at && at < window.to;
  return millisecondsLeft(window, at) > 0;
}

/**
 * Finds the first moment from `at` on at which none of the windows holds. What
 * never ends is given some weeks.
 */
export function findFreezeEnd(windows: FreezeWindow[], at: Date): Date {
  let moment = at;
  for (let step = 0; step < MAX_STEPS; step++) {
    const next = nextLook(windows, moment);
    if (next === undefined) return moment;
    moment = next;
  }
  return moment;
}

/** Until then one of the windows holds without a gap; undefined when none does. */
function nextLook(windows: FreezeWindow[], at: Date): Date | undefined {
  const looks = windows
    .filter(window => isFrozen(window, at))
    .map(window => holdsUntil(window, at));
  return looks.length > 0 ? new Date(Math.max(...looks)) : undefined;
}

function holdsUntil(window: FreezeWindow, at: Date): number {
  if (window.kind === 'once') return window.to.getTime();
  const quarterEnd = (Math.floor(at.getTime() / QUARTER_MS) + 1) * QUARTER_MS;
  return Math.min(at.getTime() + millisecondsLeft(window, at), quarterEnd);
}

/** By the clocks, 0 when it does not hold. */
function millisecondsLeft(window: WeeklyWindow, at: Date): number {
  const now = millisecondOfWeek(at, window.timeZone);
  const from = window.from * MINUTE_MS;
  const to = window.to * MINUTE_MS;
  const length = to > from ? to - from : to - from + DAY_MS;
  const left = window.days.map(day => {
    const since = (now - (day * DAY_MS + from) + WEEK_MS) % WEEK_MS;
    return since < length ? length - since : 0;
  });
  return Math.max(0, ...left);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What clocks show, since Monday began. */
function millisecondOfWeek(at: Date, timeZone: string): number {
  const format = formats.get(timeZone) ?? createFormat(timeZone);
  formats.set(timeZone, format);
  const parts = new Map(
    format.formatToParts(at).map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.get(type) ?? 0);
  return (
    DAY_NAMES.indexOf(parts.get('weekday') ?? '') * DAY_MS +
    (number('hour') * 60 + number('minute')) * MINUTE_MS +
    number('second') * 1000 +
    (((at.getTime() % 1000) + 1000) % 1000)
  );
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
