import { NotFoundError } from '@backstage/errors';
import type {
  DoraScope,
  GetDoraReportRequest,
  ListDeliveryChangesRequest,
} from '@forkyard/plugin-deployments-common';
import type { EntityAccess } from '../EntityAccess';
import type { DoraService, DoraServiceOptions } from './DoraService';

/**
 * Asks for permission before every operation.
 *
 * What a user may not see does not exist for them, and what a team or a system
 * delivers is what those of its entities do whose deployments they may read.
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class AuthorizedDoraService implements DoraService {
  constructor(
    private readonly inner: DoraService,
    private readonly options: { access: EntityAccess },
  ) {}

  async listEntities(
    scope: DoraScope,
    options: DoraServiceOptions,
  ): Promise<string[]> {
    const { access } = this.options;
    const { credentials } = options;
    const entityRefs = await this.inner.listEntities(scope, options);
    if (!scope.entityRef) return access.filterReadable(entityRefs, credentials);
    const [visible] = await access.filterVisible(entityRefs, credentials);
    if (!visible) {
      throw new NotFoundError(
        `Entity '${scope.entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    return entityRefs;
  }

  async getReport(request: GetDoraReportRequest, options: DoraServiceOptions) {
    const entityRefs = await this.listEntities(request, options);
    return this.inner.getReport({ ...request, entityRefs }, options);
  }

  async listChanges(
    request: ListDeliveryChangesRequest,
    options: DoraServiceOptions,
  ) {
    const entityRefs = await this.listEntities(request, options);
    return this.inner.listChanges({ ...request, entityRefs }, options);
  }
}
