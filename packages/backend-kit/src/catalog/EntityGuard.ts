import type {
  AuthService,
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  AuthorizeResult,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';

/** The permission backend takes bodies of at most 100 kB. */
const MOST_AT_ONCE = 200;

/** A permission whose resource is a catalog entity. */
export type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Decides what a caller sees of catalog entities and may do with them.
 *
 * What a user may not see does not exist for them, so that no name leaks; what
 * they see but may not do is refused. Other backends act as themselves and are
 * not held to a user's view of the catalog.
 */
export class EntityGuard {
  constructor(
    protected readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  /**
   * Throws `NotFoundError` when the entity is not for the caller's eyes; `what`
   * completes "or you may not see".
   */
  async assertVisible(
    entityRef: string,
    permission: EntityPermission,
    credentials: BackstageCredentials,
    what = 'this of it',
  ): Promise<void> {
    const visible = await this.filterVisible(
      [entityRef],
      permission,
      credentials,
    );
    if (!visible.has(entityRef)) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see ${what}.`,
      );
    }
  }

  /** Throws `NotAllowedError`; `what` completes "You may not". */
  async assertAllowed(
    entityRef: string,
    permission: EntityPermission,
    what: string,
    credentials: BackstageCredentials,
  ): Promise<void> {
    const allowed = await this.filterAllowed(
      [entityRef],
      permission,
      credentials,
    );
    if (!allowed.has(entityRef)) {
      throw new NotAllowedError(
        `You may not ${what} '${entityRef}'. Its owners may.`,
      );
    }
  }

  /** Those that the caller finds in the catalog and has the permission for. */
  async filterVisible(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<Set<string>> {
    const existing = this.options.auth.isPrincipal(credentials, 'service')
      ? entityRefs
      : await this.filterExisting(entityRefs, credentials);
    return this.filterAllowed(existing, permission, credentials);
  }

  /** Those that the caller finds in the catalog. */
  async filterExisting(
    entityRefs: string[],
    credentials: BackstageCredentials,
  ): Promise<string[]> {
    if (entityRefs.length === 0) return [];
    const { items } = await this.options.catalog.getEntitiesByRefs(
      { entityRefs, fields: ['kind', 'metadata.name'] },
      { credentials },
    );
    return entityRefs.filter((_, index) => items[index]);
  }

  /** Those that the caller has the permission for, whether they exist or not. */
  async filterAllowed(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<Set<string>> {
    const allowed = new Set<string>();
    for (let start = 0; start < entityRefs.length; start += MOST_AT_ONCE) {
      const asked = entityRefs.slice(start, start + MOST_AT_ONCE);
      const decisions = await this.options.permissions.authorize(
        asked.map(resourceRef => ({ permission, resourceRef })),
        { credentials },
      );
      asked.forEach((entityRef, index) => {
        if (decisions[index].result === AuthorizeResult.ALLOW) {
          allowed.add(entityRef);
        }
      });
    }
    return allowed;
  }
}
