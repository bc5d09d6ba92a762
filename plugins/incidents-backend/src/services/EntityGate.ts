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

/** A permission whose resource is a catalog entity. */
export type EntityPermission = ResourcePermission<'catalog-entity'>;

/**
 * Decides what a caller sees and may do at entities.
 *
 * What a user may not see does not exist for them, so that no name leaks; what
 * they see but may not do is refused. Other backends are not held to a user's
 * view of the catalog.
 */
export class EntityGate {
  constructor(
    private readonly options: {
      permissions: PermissionsService;
      catalog: CatalogService;
      auth: AuthService;
    },
  ) {}

  /** Throws `NotFoundError` when the entity is not for the caller's eyes. */
  async assertVisible(
    entityRef: string,
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<void> {
    const visible = await this.filterVisible(
      [entityRef],
      permission,
      credentials,
    );
    if (!visible.has(entityRef)) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see this of it.`,
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
    const [{ result }] = await this.options.permissions.authorize(
      [{ permission, resourceRef: entityRef }],
      { credentials },
    );
    if (result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not ${what} '${entityRef}'. Its owners may.`,
      );
    }
  }

  /** Whether the caller may do it at every entity there is. */
  async mayEverywhere(
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<boolean> {
    const [{ result }] = await this.options.permissions.authorizeConditional(
      [{ permission }],
      { credentials },
    );
    return result === AuthorizeResult.ALLOW;
  }

  async filterVisible(
    entityRefs: string[],
    permission: EntityPermission,
    credentials: BackstageCredentials,
  ): Promise<Set<string>> {
    const { auth, permissions } = this.options;
    const existing = auth.isPrincipal(credentials, 'service')
      ? entityRefs
      : await this.#filterExisting(entityRefs, credentials);
    if (existing.length === 0) return new Set();
    const decisions = await permissions.authorize(
      existing.map(resourceRef => ({ permission, resourceRef })),
      { credentials },
    );
    return new Set(
      existing.filter(
        (_, index) => decisions[index].result === AuthorizeResult.ALLOW,
      ),
    );
  }

  async #filterExisting(
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
}
