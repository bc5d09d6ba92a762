import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotFoundError } from '@backstage/errors';
import {
  forkReadPermission,
  statusSchema,
  type Fork,
  type ForksSummary,
  type ListForksRequest,
  type Page,
  type Status,
} from '@forkyard/plugin-forks-common';
import type { ForkAuthorizer } from './ForkAuthorizer';
import type { ForkService } from './ForkService';

type Options = { credentials: BackstageCredentials };

/**
 * Shows of the registry what the caller may read. What may not be read looks as
 * if it did not exist.
 */
export class AuthorizedForkService implements ForkService {
  constructor(
    private readonly inner: ForkService,
    private readonly authorizer: ForkAuthorizer,
  ) {}

  async getFork(request: { name: string }, options: Options): Promise<Fork> {
    const fork = await this.inner.getFork(request, options);
    if (!(await this.authorizer.isAllowed(forkReadPermission, fork, options))) {
      throw new NotFoundError(`Fork '${request.name}' does not exist`);
    }
    return fork;
  }

  async listForks(
    request: ListForksRequest,
    options: Options,
  ): Promise<Page<Fork>> {
    const allowed = await this.authorizer.findFilter(
      forkReadPermission,
      options,
    );
    if (allowed === 'none') return { items: [], totalItems: 0 };
    return this.inner.listForks({ ...request, ...allowed }, options);
  }

  async getForksSummary(
    _request: object,
    options: Options,
  ): Promise<ForksSummary> {
    const allowed = await this.authorizer.findFilter(
      forkReadPermission,
      options,
    );
    if (allowed !== 'none') return this.inner.getForksSummary(allowed, options);
    return {
      total: 0,
      byStatus: Object.fromEntries(
        statusSchema.options.map(status => [status, 0]),
      ) as Record<Status, number>,
      owners: [],
      systems: [],
    };
  }
}
