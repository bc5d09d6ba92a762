import type { ServedRequest } from '../../gateway';
import type { Deployment, Drain } from '../model';
import type { Presenter } from '../presentation';
import type { VercelStores } from '../store';
import {
  newEntryId,
  type DrainEntry,
  type DrainLine,
  type DrainOrigin,
} from './DrainEntry';
import { wants } from './drainRules';
import type { DrainSender } from './DrainSender';
import { logRow } from './logRow';
import { traceExport } from './traceSpans';

const FLUSH_MILLIS = 1_000;
const MOST_ENTRIES = 500;
/** Batches that may wait for a drain that takes none; the oldest go first. */
const MOST_BATCHES = 2_000;

/**
 * Collects what happens at deployments into batches for the drains.
 *
 * A batch is closed after a second or 500 entries, and written before it is
 * sent. So a crash loses what was served in the last second, at most 500
 * entries for each drain, and nothing that was in a batch.
 */
export class DrainFeed {
  readonly #stores: VercelStores;
  readonly #presenter: Presenter;
  readonly #sender: DrainSender;
  readonly #entries = new Map<string, DrainEntry[]>();
  readonly #origins = new Map<string, DrainOrigin>();
  #drains: Drain[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: {
    stores: VercelStores;
    presenter: Presenter;
    sender: DrainSender;
  }) {
    this.#stores = options.stores;
    this.#presenter = options.presenter;
    this.#sender = options.sender;
  }

  start(): void {
    this.reload();
    this.#timer = setInterval(() => this.write(), FLUSH_MILLIS);
    this.#timer.unref();
  }

  /** Writes what is left. */
  stop(): void {
    clearInterval(this.#timer);
    this.write();
  }

  /** Reads the drains again; call it after each change of one. */
  reload(): void {
    this.#drains = this.#stores.drains
      .list()
      .filter(({ status }) => status === 'enabled');
    const kept = new Set(this.#drains.map(({ id }) => id));
    for (const id of this.#entries.keys()) {
      if (!kept.has(id)) this.#entries.delete(id);
    }
  }

  addRequest(request: ServedRequest): void {
    if (this.#drains.length === 0) return;
    const origin = this.#origin(request.deploymentId);
    if (origin) this.#add({ id: newEntryId(request.at), origin, request });
  }

  addLine(line: DrainLine): void {
    if (this.#drains.length === 0) return;
    const origin = this.#origin(line.deploymentId);
    if (origin) this.#add({ id: newEntryId(line.at), origin, line });
  }

  /** Closes the batches that are open. */
  write(): void {
    // A name may change; it is looked up once for each batch.
    this.#origins.clear();
    for (const drain of this.#drains) this.#close(drain);
  }

  #add(entry: DrainEntry): void {
    for (const drain of this.#drains) {
      if (!wants(drain, entry)) continue;
      const entries = this.#entries.get(drain.id) ?? [];
      this.#entries.set(drain.id, entries);
      entries.push(entry);
      if (entries.length >= MOST_ENTRIES) this.#close(drain);
    }
  }

  #close(drain: Drain): void {
    const entries = this.#entries.get(drain.id);
    if (!entries) return;
    this.#entries.delete(drain.id);
    const { drainBatches } = this.#stores;
    try {
      drainBatches.insert(drain.id, encode(drain, entries));
      drainBatches.trim(drain.id, MOST_BATCHES);
    } catch {
      // On a full disk the batch is lost; what is being served goes on.
      return;
    }
    this.#sender.wake(drain.id);
  }

  #origin(deploymentId: string): DrainOrigin | undefined {
    const known = this.#origins.get(deploymentId);
    if (known) return known;
    try {
      const deployment = this.#stores.deployments.find(deploymentId);
      const origin = deployment && this.#describe(deployment);
      if (origin) this.#origins.set(deploymentId, origin);
      return origin;
    } catch {
      // Without the database an entry is lost; what is being served goes on.
      return undefined;
    }
  }

  #describe(deployment: Deployment): DrainOrigin {
    const project = this.#stores.projects.find(deployment.projectId);
    return {
      projectName: project?.name ?? deployment.name,
      host: this.#presenter.deploymentUrl(deployment),
      environment: deployment.target ?? 'preview',
      branch: deployment.git?.ref,
    };
  }
}

function encode(drain: Drain, entries: DrainEntry[]): string {
  if (drain.schema === 'trace') return JSON.stringify(traceExport(entries));
  const rows = entries.map(entry => JSON.stringify(logRow(entry)));
  return drain.delivery.encoding === 'ndjson'
    ? `${rows.join('\n')}\n`
    : `[${rows.join(',')}]`;
}
