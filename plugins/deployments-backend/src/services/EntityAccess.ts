import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { EntityGuard, type EntityPermission } from '@forkyard/backend-kit';
import { deploymentReadPermission } from '@forkyard/plugin-deployments-common';

/** Tells whose deployments a caller may see, and what it may do with them. */
export class EntityAccess {
  readonly #guard: EntityGuard;

  constructor(
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {
    this.#guard = new EntityGuard(options);
  }

  /** Those whose deployments the caller may see. */
  async filterVisible(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const visible = await this.#guard.filterVisible(
      entityRefs,
      deploymentReadPermission,
      credentials,
    );
    return [...visible];
  }

  /** Those whose deployments the caller may read, of entities that it found. */
  async filterReadable(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const readable = await this.#guard.filterAllowed(
      entityRefs,
      deploymentReadPermission,
      credentials,
    );
    return [...readable];
  }

  /**
   * Gives those of which the caller lacks the permission, among all that are
   * in the catalog, visible to the caller or not.
   */
  async listForbidden(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const existing = await this.#guard.filterExisting(
      entityRefs,
      await this.options.auth.getOwnServiceCredentials(),
    );
    const allowed = await this.#guard.filterAllowed(
      existing,
      permission,
      credentials,
    );
    return existing.filter(entityRef => !allowed.has(entityRef));
  }
}
