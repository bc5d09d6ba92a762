import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import {
  forkCreatePermission,
  forkDeletePermission,
  forkReadPermission,
  forkUpdatePermission,
  type StepId,
} from '@forkyard/plugin-forks-common';
import type { ForkPermissionResource } from '@forkyard/plugin-forks-node';
import type { ProvisioningStore } from '../database/ProvisioningStore';
import type { ForkAuthorizer } from './ForkAuthorizer';
import type {
  ProvisionForkRequest,
  ProvisioningService,
} from './ProvisioningService';

type Options = { credentials: BackstageCredentials };

/**
 * Judges a provisioning like the fork that it makes: reading needs the fork's
 * read permission, going on its update, undoing its delete permission.
 */
export class AuthorizedProvisioningService implements ProvisioningService {
  constructor(
    private readonly inner: ProvisioningService,
    private readonly authorizer: ForkAuthorizer,
    private readonly provisionings: Pick<ProvisioningStore, 'findProvisioning'>,
  ) {}

  async provisionFork(request: ProvisionForkRequest, options: Options) {
    await this.authorizer.ensureAllowed(
      forkCreatePermission,
      'create forks',
      options,
    );
    return this.inner.provisionFork(request, options);
  }

  async getProvisioning(request: { id: string }, options: Options) {
    await this.#getReadable(request.id, options);
    return this.inner.getProvisioning(request, options);
  }

  async listProvisionings(
    request: Parameters<ProvisioningService['listProvisionings']>[0],
    options: Options,
  ) {
    const allowed = await this.authorizer.findFilter(
      forkReadPermission,
      options,
    );
    if (allowed === 'none') return { items: [] };
    return this.inner.listProvisionings({ ...request, ...allowed }, options);
  }

  async getProvisioningLog(
    request: { id: string; after?: number },
    options: Options,
  ) {
    await this.#getReadable(request.id, options);
    return this.inner.getProvisioningLog(request, options);
  }

  async advanceProvisioning(
    request: { id: string; through: StepId },
    options: Options,
  ) {
    await this.#ensureAllowed(request.id, forkUpdatePermission, options);
    return this.inner.advanceProvisioning(request, options);
  }

  async resumeProvisioning(request: { id: string }, options: Options) {
    await this.#ensureAllowed(request.id, forkUpdatePermission, options);
    return this.inner.resumeProvisioning(request, options);
  }

  async unwindProvisioning(request: { id: string }, options: Options) {
    await this.#ensureAllowed(request.id, forkDeletePermission, options);
    return this.inner.unwindProvisioning(request, options);
  }

  async #getReadable(
    id: string,
    options: Options,
  ): Promise<ForkPermissionResource> {
    const fork = await this.provisionings.findProvisioning({ id });
    if (
      !fork ||
      !(await this.authorizer.isAllowed(forkReadPermission, fork, options))
    ) {
      throw new NotFoundError(`Provisioning '${id}' does not exist`);
    }
    return fork;
  }

  async #ensureAllowed(
    id: string,
    permission: typeof forkUpdatePermission | typeof forkDeletePermission,
    options: Options,
  ): Promise<void> {
    const fork = await this.#getReadable(id, options);
    if (!(await this.authorizer.isAllowed(permission, fork, options))) {
      throw new NotAllowedError(
        `You may not change the provisioning of this fork: permission '${permission.name}' is denied`,
      );
    }
  }
}
