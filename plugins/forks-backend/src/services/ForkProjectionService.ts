import type { AuthService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { Fork } from '@forkyard/plugin-forks-common';
import type { ForkStore } from '../database/ForkStore';
import type { RegistrationSource } from '../sources/RegistrationSource';
import { describeForkStatus } from './describeForkStatus';
import type { ForkAnnouncer } from './ForkAnnouncer';

/** How many forks are asked about at once. */
const CONCURRENCY = 4;

/**
 * Keeps what the registry shows of a fork up to date: its deployments, and who
 * it belongs to.
 */
export interface ForkProjectionService {
  /** Asks about one fork now, if there is one for the entity. */
  refreshFork(request: { entityRef: string }): Promise<void>;
  /**
   * Asks once about every fork that has not been asked about for so long when
   * this begins, or until the signal is aborted.
   */
  refreshStaleForks(request: {
    olderThanSeconds: number;
    signal?: AbortSignal;
  }): Promise<{ refreshed: number }>;
}

/**
 * Reads the deployments plugin and the catalog, on behalf of this one.
 */
export class DefaultForkProjectionService implements ForkProjectionService {
  constructor(
    private readonly options: {
      forks: ForkStore;
      deployments: DeploymentsService;
      registration: Pick<RegistrationSource, 'findIdentity'>;
      auth: AuthService;
      announcer: ForkAnnouncer;
    },
  ) {}

  async refreshFork({ entityRef }: { entityRef: string }): Promise<void> {
    const fork = await this.options.forks.findForkByEntityRef({ entityRef });
    if (fork?.lifecycle === 'active') await this.#refresh(fork);
  }

  async refreshStaleForks({
    olderThanSeconds,
    signal,
  }: {
    olderThanSeconds: number;
    signal?: AbortSignal;
  }) {
    const startedAt = performance.now();
    let refreshed = 0;
    const failures: unknown[] = [];
    while (!signal?.aborted) {
      const forks = await this.options.forks.takeForksToProject({
        // What becomes due meanwhile waits for the next time.
        olderThanSeconds:
          olderThanSeconds + (performance.now() - startedAt) / 1000,
        limit: CONCURRENCY,
      });
      if (forks.length === 0) break;
      const results = await Promise.allSettled(
        forks.map(fork => this.#refresh(fork)),
      );
      for (const result of results) {
        if (result.status === 'rejected') failures.push(result.reason);
        else refreshed++;
      }
    }
    if (failures.length > 0) {
      throw new AggregateError(
        failures,
        `${failures.length} forks could not be refreshed: ${failures[0]}`,
      );
    }
    return { refreshed };
  }

  /** Does as much as can be done, and then throws what could not. */
  async #refresh(fork: Fork): Promise<void> {
    const results = await Promise.allSettled([
      this.#identify(fork),
      this.#project(fork),
    ]);
    for (const result of results) {
      if (result.status === 'rejected') throw result.reason;
    }
  }

  async #identify({ name, entityRef }: Fork): Promise<void> {
    const { forks, registration } = this.options;
    const identity = await registration.findIdentity({ entityRef });
    if (identity) await forks.updateIdentity({ name, identity });
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
