import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  AuthorizeResult,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import { deploymentReadPermission } from '@forkyard/plugin-deployments-common';

/** The permission backend takes bodies of at most 100 kB. */
const MOST_AT_ONCE = 200;

export type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Tells what a caller may see of entities, and do with them.
 *
 * Other backends act as themselves and are not held to a user's view of the
 * catalog.
 */
export class EntityAccess {
  constructor(
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  /** Those whose deployments the caller may see. */
  async filterVisible(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    if (entityRefs.length === 0) return [];
    const existing = this.options.auth.isPrincipal(credentials, 'service')
      ? entityRefs
      : await this.#filterExisting(entityRefs, credentials);
    return this.filterReadable(existing, credentials);
  }

  /** Those whose deployments the caller may read, of entities that it found. */
  filterReadable(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    return this.#filterAllowed(
      entityRefs,
      deploymentReadPermission,
      credentials,
    );
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
    const existing = await this.#filterExisting(
      entityRefs,
      await this.options.auth.getOwnServiceCredentials(),
    );
    const allowed = await this.#filterAllowed(
      existing,
      permission,
      credentials,
    );
    return existing.filter(entityRef => !allowed.includes(entityRef));
  }

  async #filterExisting(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const { items } = await this.options.catalog.getEntitiesByRefs(
      { entityRefs, fields: ['kind', 'metadata.name'] },
      { credentials },
    );
    return entityRefs.filter((_, index) => items[index]);
  }

  async #filterAllowed(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    const allowed: string[] = [];
    for (let start = 0; start < entityRefs.length; start += MOST_AT_ONCE) {
      const asked = entityRefs.slice(start, start + MOST_AT_ONCE);
      const decisions = await this.options.permissions.authorize(
        asked.map(resourceRef => ({ permission, resourceRef })),
        { credentials },
      );
      allowed.push(
        ...asked.filter(
          (_, index) => decisions[index].result === AuthorizeResult.ALLOW,
        ),
      );
    }
    return allowed;
  }
}
