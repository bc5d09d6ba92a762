import { hashId, type Hash64 } from './hashId';

/** Which drain a batch comes from. */
export type DrainKind = 'logs' | 'traces';

/** Why a row was not counted although it should have been. */
export type RejectionReason =
  /** No JSON object. */
  | 'garbage'
  /** Lacks what is needed to count it, or has it in a wrong shape. */
  | 'incomplete'
  /** More than five minutes ahead of the database's clock. */
  | 'future'
  /** So old that a repeat would no longer be noticed. */
  | 'too-old'
  /** Of a project beyond the number of those that are kept. */
  | 'too-many-projects'
  /** A duration of a project of which neither logs nor the catalog told. */
  | 'unknown-project'
  /** A duration of one deployment too many of which logs did not tell. */
  | 'unknown-deployment';

export type Rejections = Partial<Record<RejectionReason, number>>;

/** What rows are counted by, besides their minute. */
export interface Origin {
  projectId: string;
  deploymentId: string;
  environment: string;
}

/** Keeps the ids of spans apart from those of requests. */
const SEEDS: Record<DrainKind, number> = { logs: 0x2f0b, traces: 0x7a31 };
const TRACE_SEED = 0x51c3;

/** What ids of Vercel and names of environments are made of, and no more. */
const NAME = /^[\w.:@/-]{1,128}$/;

/**
 * Holds what one body of a drain asks to count, in columns: a row is a few
 * numbers, and no object.
 */
export class DrainBatch {
  readonly origins: Origin[] = [];
  readonly rejections: Rejections = {};
  /** Rows that are none of requests, such as lines of a build. */
  ignored = 0;
  count = 0;
  /** Hashes of traces of which no span is counted, high and low in turn. */
  readonly omittedTraces: number[] = [];
  /** The same of the trace of each row, when rows are spans. */
  readonly rowTraces: number[] = [];
  originIndexes: Uint32Array;
  hashHighs: Uint32Array;
  hashLows: Uint32Array;
  timesMs: Float64Array;
  /** Milliseconds for traces; for logs 1 for an error, else 0. */
  values: Float64Array;
  /** The first origin of each deployment, by project, and nearly always its only one. */
  readonly #firsts = new Map<string, Map<string, number>>();
  /** The others, by all three names. */
  readonly #others = new Map<string, number>();
  readonly #hash: Hash64 = { high: 0, low: 0 };

  constructor(
    readonly kind: DrainKind,
    capacity = 64,
  ) {
    this.originIndexes = new Uint32Array(capacity);
    this.hashHighs = new Uint32Array(capacity);
    this.hashLows = new Uint32Array(capacity);
    this.timesMs = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  reject(reason: RejectionReason, count = 1): void {
    this.rejections[reason] = (this.rejections[reason] ?? 0) + count;
  }

  /** Gives the index for `add`, or -1 when a name is no name. */
  indexOf(
    projectId: string,
    deploymentId: string,
    environment: string,
  ): number {
    // A deployment is of one environment, but whoever sends may say otherwise.
    const first = this.#firsts.get(projectId)?.get(deploymentId);
    if (
      first !== undefined &&
      this.origins[first].environment === environment
    ) {
      return first;
    }
    const names = [projectId, deploymentId, environment];
    if (!names.every(name => NAME.test(name))) return -1;
    // No name has a line break in it.
    const key = names.join('\n');
    const held = this.#others.get(key);
    if (held !== undefined) return held;
    const index = this.#addOrigin(names);
    if (first === undefined) {
      this.#addFirst(index);
    } else {
      this.#others.set(key, index);
    }
    return index;
  }

  #addOrigin(names: string[]): number {
    const [projectId, deploymentId, environment] = names.map(copy);
    this.origins.push({ projectId, deploymentId, environment });
    return this.origins.length - 1;
  }

  #addFirst(index: number): void {
    const { projectId, deploymentId } = this.origins[index];
    const held = this.#firsts.get(projectId);
    if (held) held.set(deploymentId, index);
    else this.#firsts.set(projectId, new Map([[deploymentId, index]]));
  }

  /** Takes what is counted once by its id. */
  add(originIndex: number, id: string, timeMs: number, value: number): void {
    if (this.count === this.originIndexes.length) this.#grow();
    const row = this.count;
    this.count += 1;
    hashId(id, SEEDS[this.kind], this.#hash);
    this.originIndexes[row] = originIndex;
    this.hashHighs[row] = this.#hash.high;
    this.hashLows[row] = this.#hash.low;
    this.timesMs[row] = timeMs;
    this.values[row] = value;
  }

  /** Takes a span, which is counted once by its own id. */
  addSpan(
    originIndex: number,
    span: { traceId: string; spanId: string },
    timeMs: number,
    durationMs: number,
  ): void {
    const { traceId, spanId } = span;
    this.add(originIndex, `${traceId}:${spanId}`, timeMs, durationMs);
    this.#addTrace(this.rowTraces, traceId);
  }

  /** Says that no span of a trace is to be counted. */
  omitTrace(traceId: string): void {
    this.#addTrace(this.omittedTraces, traceId);
  }

  #addTrace(traces: number[], traceId: string): void {
    hashId(traceId.toLowerCase(), TRACE_SEED, this.#hash);
    traces.push(this.#hash.high, this.#hash.low);
  }

  #grow(): void {
    const capacity = this.originIndexes.length * 2;
    this.originIndexes = extend(this.originIndexes, new Uint32Array(capacity));
    this.hashHighs = extend(this.hashHighs, new Uint32Array(capacity));
    this.hashLows = extend(this.hashLows, new Uint32Array(capacity));
    this.timesMs = extend(this.timesMs, new Float64Array(capacity));
    this.values = extend(this.values, new Float64Array(capacity));
  }
}

/** Gives the same ASCII, not as a part that holds a longer text in memory. */
function copy(name: string): string {
  return Buffer.from(name, 'latin1').toString('latin1');
}

function extend<T extends Uint32Array | Float64Array>(held: T, longer: T): T {
  longer.set(held);
  return longer;
}
