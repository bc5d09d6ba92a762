import type {
  DrainBatch,
  DrainKind,
  Origin,
  RejectionReason,
  Rejections,
} from './DrainBatch';
import { HashTable, SEEN_AS_ERROR } from './HashTable';
import { LatencySketch } from './LatencySketch';

/** How far the clock of a sender may be ahead of the database's. */
export const MAX_AHEAD_MS = 5 * 60_000;

const MINUTE_MS = 60_000;

/** What to add to the row of one minute. */
export interface Increment extends Origin {
  /** Begin of the minute, in milliseconds. */
  atMs: number;
  requests: number;
  errors: number;
  durations?: LatencySketch;
}

/** What became of the rows of one batch. */
export interface DrainReceipt {
  /** Requests, or durations, that were counted now. */
  counted: number;
  /** Rows of what was counted before. */
  repeated: number;
  /** Rows that are none of requests of users. */
  ignored: number;
  rejected: Rejections;
}

/** What a commit is to write. */
export interface Counted {
  increments: Increment[];
  /** Hashes of what is counted or left out with it, 8 bytes each. */
  hashes: Buffer;
  /** One for each batch. */
  receipts: DrainReceipt[];
}

interface Rules {
  nowMs: number;
  /** Rows before this cannot be told from repeats. */
  oldestMs: number;
  isSeen(high: number, low: number): number;
  /** Where rows of an origin are counted. Asked for logs before traces. */
  place(kind: DrainKind, origin: Origin): Origin | RejectionReason;
}

class Counter {
  readonly increments: Increment[] = [];
  readonly hashes: Buffer;
  hashBytes = 0;
  readonly #rules: Rules;
  readonly #pending: HashTable;
  /** Increments by begin of minute, for each origin. */
  readonly #byOrigin = new Map<string, Map<number, Increment>>();

  constructor(batches: DrainBatch[], rules: Rules) {
    const rows = batches.reduce(
      (sum, batch) => sum + batch.count + batch.omittedTraces.length / 2,
      0,
    );
    const slots = 2 ** Math.max(8, Math.ceil(Math.log2(rows * 2 + 1)));
    this.#pending = new HashTable({ slots, mostSlots: 2 ** 30 });
    this.hashes = Buffer.allocUnsafe(8 * rows);
    this.#rules = rules;
  }

  count(batch: DrainBatch): DrainReceipt {
    const { nowMs, oldestMs, place } = this.#rules;
    const newestMs = nowMs + MAX_AHEAD_MS;
    const targets = batch.origins.map(named => {
      const origin = place(batch.kind, named);
      return typeof origin === 'string'
        ? origin
        : { origin, minutes: this.#minutesOf(origin) };
    });
    const rejected = { ...batch.rejections };
    let { ignored } = batch;
    let counted = 0;
    let repeated = 0;
    this.#omit(batch.omittedTraces);
    for (let row = 0; row < batch.count; row += 1) {
      const timeMs = batch.timesMs[row];
      const target = targets[batch.originIndexes[row]];
      if (typeof target === 'string') {
        reject(rejected, target);
      } else if (timeMs > newestMs) {
        reject(rejected, 'future');
      } else if (timeMs < oldestMs) {
        reject(rejected, 'too-old');
      } else if (this.#isOmitted(batch, row)) {
        ignored += 1;
      } else if (this.#take(batch, row, target)) {
        counted += 1;
      } else {
        repeated += 1;
      }
    }
    return { counted, repeated, ignored, rejected };
  }

  /** Remembers traces like what is counted, so that all replicas know them. */
  #omit(traces: number[]): void {
    for (let index = 0; index < traces.length; index += 2) {
      const [high, low] = [traces[index], traces[index + 1]];
      if (!this.#isSeen(high, low)) this.#remember(high, low);
    }
  }

  #isOmitted({ rowTraces }: DrainBatch, row: number): boolean {
    return (
      rowTraces.length > 0 &&
      this.#isSeen(rowTraces[2 * row], rowTraces[2 * row + 1]) !== 0
    );
  }

  #isSeen(high: number, low: number): number {
    return this.#rules.isSeen(high, low) | this.#pending.find(high, low);
  }

  /** Gives false for what was counted before. */
  #take(
    batch: DrainBatch,
    row: number,
    target: { minutes: Map<number, Increment>; origin: Origin },
  ): boolean {
    const high = batch.hashHighs[row];
    const low = batch.hashLows[row];
    const isError = batch.kind === 'logs' && batch.values[row] === 1;
    const seen = this.#isSeen(high, low);
    if (seen !== 0 && (!isError || (seen & SEEN_AS_ERROR) !== 0)) return false;
    this.#remember(high, isError ? low + 1 : low);
    const increment = this.#incrementFor(target, batch.timesMs[row]);
    if (batch.kind === 'traces') {
      increment.durations ??= LatencySketch.empty();
      increment.durations.add(batch.values[row]);
      return true;
    }
    if (isError) increment.errors += 1;
    if (seen !== 0) return false;
    increment.requests += 1;
    return true;
  }

  #remember(high: number, low: number): void {
    this.#pending.add(high, low);
    this.hashes.writeUInt32BE(high, this.hashBytes);
    this.hashes.writeUInt32BE(low, this.hashBytes + 4);
    this.hashBytes += 8;
  }

  #minutesOf(origin: Origin): Map<number, Increment> {
    const { projectId, deploymentId, environment } = origin;
    const key = `${projectId}\n${deploymentId}\n${environment}`;
    const held = this.#byOrigin.get(key);
    if (held) return held;
    const minutes = new Map<number, Increment>();
    this.#byOrigin.set(key, minutes);
    return minutes;
  }

  #incrementFor(
    { minutes, origin }: { minutes: Map<number, Increment>; origin: Origin },
    timeMs: number,
  ): Increment {
    const atMs = timeMs - (timeMs % MINUTE_MS);
    const held = minutes.get(atMs);
    if (held) return held;
    const increment = { ...origin, atMs, requests: 0, errors: 0 };
    minutes.set(atMs, increment);
    this.increments.push(increment);
    return increment;
  }
}

/**
 * Decides what in the batches is new, and adds it up by minute. The same rows
 * give the same counts, in whatever order and batches they come.
 *
 * The first row of a request counts it. When a later one tells that it failed,
 * the error is counted then, once.
 */
export function countNew(batches: DrainBatch[], rules: Rules): Counted {
  const counter = new Counter(batches, rules);
  const receipts: DrainReceipt[] = [];
  for (const kind of ['logs', 'traces']) {
    batches.forEach((batch, index) => {
      if (batch.kind === kind) receipts[index] = counter.count(batch);
    });
  }
  return {
    increments: counter.increments,
    hashes: counter.hashes.subarray(0, counter.hashBytes),
    receipts,
  };
}

function reject(rejected: Rejections, reason: RejectionReason): void {
  rejected[reason] = (rejected[reason] ?? 0) + 1;
}

/** Adds up what was rejected, for the table of rejections. */
export function sumRejections(
  batches: DrainBatch[],
  receipts: DrainReceipt[],
): { kind: DrainKind; reason: string; count: number }[] {
  const sums = new Map<
    string,
    { kind: DrainKind; reason: string; count: number }
  >();
  receipts.forEach(({ rejected }, index) => {
    const { kind } = batches[index];
    for (const [reason, count] of Object.entries(rejected)) {
      const key = `${kind} ${reason}`;
      const sum = sums.get(key) ?? { kind, reason, count: 0 };
      sum.count += count;
      sums.set(key, sum);
    }
  });
  return [...sums.values()];
}
