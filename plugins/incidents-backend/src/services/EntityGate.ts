import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { EntityGuard, type EntityPermission } from '@forkyard/backend-kit';

/** Decides what a caller sees and may do at entities, one by one and at all. */
export class EntityGate extends EntityGuard {
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
}
