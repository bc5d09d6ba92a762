import type { ServedRequest } from '../../gateway';
import type { Log } from '../../Log';
import type { MeasuredUse } from '../../runtime';
import type { VercelStores } from '../store';
import type { UsageRow } from '../store/UsageStore';
import { focusLine } from './focusRow';
import type { Meter } from './rateCard';

const FLUSH_MILLIS = 1_000;
const PAGE = 1_000;
/** Errors of requests that no process has seen. */
const NOT_INVOKED = new Set([
  'FUNCTION_INVOCATION_FAILED',
  'SERVICE_UNAVAILABLE',
]);

/** One thing that was used. */
export interface Usage {
  projectId: string;
  meter: Meter;
  /** A whole number of the meter's unit. */
  quantity: number;
  /** UTC day; today by default. */
  day?: string;
}

/**
 * Adds up what projects use, by UTC day.
 *
 * Counts are kept in memory for at most a second and then added to the table
 * in one transaction. So a crash loses at most a second, and nothing is added
 * twice: what was written is forgotten here.
 */
export class UsageMeter {
  readonly #stores: VercelStores;
  readonly #log: Log;
  readonly #pending = new Map<string, Omit<UsageRow, 'projectName'>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { stores: VercelStores; log: Log }) {
    this.#stores = options.stores;
    this.#log = options.log;
  }

  start(): void {
    this.#timer = setInterval(() => this.write(), FLUSH_MILLIS);
    this.#timer.unref();
  }

  /** Writes what is left. */
  stop(): void {
    clearInterval(this.#timer);
    this.write();
  }

  add(usage: Usage): void {
    // One wrong number would keep all the others from being written.
    if (!Number.isSafeInteger(usage.quantity) || usage.quantity < 0) {
      throw new Error(
        `Usage of '${usage.meter}' is ${usage.quantity}: it must be a whole number from 0`,
      );
    }
    if (usage.quantity === 0) return;
    const day = usage.day ?? new Date().toISOString().slice(0, 10);
    const key = `${day} ${usage.projectId} ${usage.meter}`;
    const known = this.#pending.get(key);
    if (known) known.quantity += usage.quantity;
    else this.#pending.set(key, { ...usage, day });
  }

  /** Counts a request on the day of its end, so that a closed day stays as it is. */
  addRequest(request: ServedRequest): void {
    const { projectId, kind, error } = request;
    this.add({ projectId, meter: 'requests', quantity: 1 });
    this.add({
      projectId,
      meter: 'transferred-bytes',
      quantity: request.responseBytes,
    });
    if (kind === 'process' && !(error && NOT_INVOKED.has(error))) {
      this.add({ projectId, meter: 'invocations', quantity: 1 });
    }
  }

  addProcessUse(projectId: string, use: MeasuredUse): void {
    this.add({
      projectId,
      meter: 'cpu-microseconds',
      quantity: use.cpuMicroseconds,
    });
    this.add({
      projectId,
      meter: 'memory-kibibyte-milliseconds',
      quantity: use.memoryKibibyteMilliseconds,
    });
  }

  /** Adds to the table what was used until now. */
  write(): void {
    if (this.#pending.size === 0) return;
    try {
      this.#stores.usage.add(
        [...this.#pending.values()].map(usage => ({
          ...usage,
          projectName: this.#nameOf(usage.projectId),
        })),
      );
      this.#pending.clear();
    } catch (error) {
      // Kept for the next time.
      this.#log.error(`Usage was not written: ${error}`);
    }
  }

  /** Lists the charges of the days from `from` to before `to`, as lines of JSON. */
  *charges(from: string, to: string): Generator<string> {
    this.write();
    let after: UsageRow | undefined;
    for (;;) {
      const rows = this.#stores.usage.list({ from, to, after, limit: PAGE });
      if (rows.length === 0) return;
      yield rows.map(focusLine).join('');
      after = rows[rows.length - 1];
    }
  }

  #nameOf(projectId: string): string {
    const name =
      this.#stores.projects.find(projectId)?.name ??
      this.#stores.usage.findName(projectId);
    return name ?? projectId;
  }
}
