import type { ForkStore } from '../database/ForkStore';
import type { ForkVitalsStore } from '../database/ForkVitalsStore';
import type { VitalsSource } from '../sources/VitalsSource';
import type { ForkAnnouncer } from './ForkAnnouncer';

const PAGE_SIZE = 500;
/** Pages look again at everything anyway when they are told of one. */
const MAX_ANNOUNCED = 20;
/** A whole reading finds what a change that never arrived left behind. */
const WHOLE_EVERY_SECONDS = 3600;

/**
 * Keeps what the portfolio shows of budgets, cost, findings and alerts.
 */
export interface ForkVitalsService {
  /**
   * Reads what changed in every plugin, each as far as it can be read, and then
   * throws what went wrong. What could not be read stays as it was.
   */
  refreshVitals(request?: { signal?: AbortSignal }): Promise<void>;
}

export class DefaultForkVitalsService implements ForkVitalsService {
  constructor(
    private readonly options: {
      sources: VitalsSource[];
      vitals: ForkVitalsStore;
      forks: Pick<ForkStore, 'findFork'>;
      announcer: Pick<ForkAnnouncer, 'announceStatus'>;
    },
  ) {}

  async refreshVitals({ signal }: { signal?: AbortSignal } = {}) {
    const results = await Promise.allSettled(
      this.options.sources.map(source => this.#read(source, signal)),
    );
    const failures = results.flatMap(result =>
      result.status === 'rejected' ? [result.reason] : [],
    );
    if (failures.length > 0) {
      throw new AggregateError(failures, failures.map(String).join(' '));
    }
  }

  async #read(source: VitalsSource, signal?: AbortSignal): Promise<void> {
    const { vitals } = this.options;
    const { part } = source;
    let from = await vitals.findCursor({
      part,
      wholeEverySeconds: WHOLE_EVERY_SECONDS,
    });
    for (;;) {
      signal?.throwIfAborted();
      const page = await source.listChanges({ cursor: from, limit: PAGE_SIZE });
      if (!page || page.cursor === from) return;
      const changes = await vitals.putPage({
        part,
        items: page.items,
        from,
        cursor: page.cursor,
      });
      for (const name of changes.slice(0, MAX_ANNOUNCED)) {
        await this.#announce(name);
      }
      if (!page.hasMore) return;
      from = page.cursor;
    }
  }

  async #announce(name: string): Promise<void> {
    const { forks, announcer } = this.options;
    const fork = await forks.findFork({ name });
    if (fork) announcer.announceStatus({ forkName: name, status: fork.status });
  }
}
