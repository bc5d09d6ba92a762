import type { AuthService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { Fork } from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../database/ForkStore';
import { describeForkStatus } from './describeForkStatus';
import type { ForkAnnouncer } from './ForkAnnouncer';

/** How many forks are asked about at once. */
const CONCURRENCY = 4;

/**
 * Keeps what the registry shows of a fork's deployments up to date.
 */
export interface ForkProjectionService {
  /** Asks about one fork now, if there is one for the entity. */
  refreshFork(request: { entityRef: string }): Promise<void>;
  /** Asks about the forks that were not asked about for longest. */
  refreshStaleForks(request: {
    olderThanSeconds: number;
  }): Promise<{ refreshed: number }>;
}

/**
 * Reads the deployments plugin, on behalf of this one.
 */
export class DefaultForkProjectionService implements ForkProjectionService {
  constructor(
    private readonly options: {
      forks: ForkStore;
      deployments: DeploymentsService;
      auth: AuthService;
      announcer: ForkAnnouncer;
    },
  ) {}

  async refreshFork({ entityRef }: { entityRef: string }): Promise<void> {
    const fork = await this.options.forks.findForkByEntityRef({ entityRef });
    if (fork?.lifecycle === 'active') await this.#project(fork);
  }

  async refreshStaleForks(request: { olderThanSeconds: number }) {
    let refreshed = 0;
    const failures: unknown[] = [];
    for (;;) {
      const forks = await this.options.forks.takeForksToProject({
        ...request,
        limit: CONCURRENCY,
      });
      if (forks.length === 0) break;
      const results = await Promise.allSettled(
        forks.map(fork => this.#project(fork)),
      );
      for (const result of results) {
        if (result.status === 'rejected') failures.push(result.reason);
        else refreshed++;
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `The deployments of ${failures.length} forks could not be read: ${failures[0]}`,
      );
    }
    return { refreshed };
  }

  async #project(fork: Fork): Promise<void> {
    const { forks, deployments, auth, announcer } = this.options;
    const credentials = await auth.getOwnServiceCredentials();
    const status = await deployments
      .getEntityStatus({ entityRef: fork.entityRef }, { credentials })
      .catch(error => {
        // The catalog does not have the entity, or not yet.
        if (isNotFound(error)) return undefined;
        throw error;
      });
    const projection = status
      ? describeForkStatus(fork, status)
      : {
          status: 'unknown' as const,
          statusReason: 'The catalog does not have its entity',
          live: fork.live,
        };
    const changed = await forks.updateProjection({
      name: fork.name,
      projection,
    });
    if (changed) {
      announcer.announceStatus({
        forkName: fork.name,
        status: projection.status,
      });
    }
  }
}

function isNotFound(error: unknown): boolean {
  return (
    isError(error) &&
    (error.name === 'NotFoundError' || error.statusCode === 404)
  );
}
