import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import type {
  Fork,
  ForksSummary,
  ListForksRequest,
  Page,
} from '@forkyard/plugin-forks-common';
import type { ForkCriteria, ForkStore } from '../database/ForkStore';

type Options = { credentials: BackstageCredentials };

/**
 * Reads the fork registry.
 */
export interface ForkService {
  /** Throws `NotFoundError`. */
  getFork(request: { name: string }, options: Options): Promise<Fork>;
  listForks(
    /** The filter is set by the permission decorator. */
    request: ListForksRequest & { filter?: ForkCriteria },
    options: Options,
  ): Promise<Page<Fork>>;
  getForksSummary(
    request: { filter?: ForkCriteria },
    options: Options,
  ): Promise<ForksSummary>;
}

export class DefaultForkService implements ForkService {
  constructor(private readonly forks: ForkStore) {}

  async getFork({ name }: { name: string }): Promise<Fork> {
    const fork = await this.forks.findFork({ name });
    if (!fork) throw new NotFoundError(`Fork '${name}' does not exist`);
    return fork;
  }

  async listForks(request: ListForksRequest & { filter?: ForkCriteria }) {
    return this.forks.listForks(request);
  }

  async getForksSummary(request: { filter?: ForkCriteria }) {
    return this.forks.summarizeForks(request);
  }
}
