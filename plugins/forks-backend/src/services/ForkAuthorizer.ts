import type {
  BackstageCredentials,
  PermissionsRegistryService,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  type BasicPermission,
  type ResourcePermission,
} from '@backstage/plugin-permission-common';
import {
  createConditionAuthorizer,
  createConditionTransformer,
} from '@backstage/plugin-permission-node';
import type { RESOURCE_TYPE_FORK } from '@forkyard/plugin-forks-common';
import {
  forkPermissionResourceRef,
  type ForkPermissionResource,
} from '@forkyard/plugin-forks-node';
import type { ForkCriteria } from '../database/ForkStore';

type ForkPermission = ResourcePermission<typeof RESOURCE_TYPE_FORK>;
type Options = { credentials: BackstageCredentials };

/**
 * Asks the permission framework about forks. Conditions are applied here rather
 * than by a request back to us, because the fork is at hand.
 */
export class ForkAuthorizer {
  readonly #applies: ReturnType<
    typeof createConditionAuthorizer<ForkPermissionResource>
  >;
  readonly #toCriteria: (
    conditions: Parameters<ReturnType<typeof createConditionTransformer>>[0],
  ) => ForkCriteria;

  constructor(
    private readonly permissions: PermissionsService,
    registry: PermissionsRegistryService,
  ) {
    const rules = registry.getPermissionRuleset(forkPermissionResourceRef);
    this.#applies = createConditionAuthorizer(rules);
    this.#toCriteria = createConditionTransformer(rules);
  }

  async ensureAllowed(
    permission: BasicPermission,
    what: string,
    { credentials }: Options,
  ): Promise<void> {
    const [{ result }] = await this.permissions.authorize([{ permission }], {
      credentials,
    });
    if (result !== AuthorizeResult.ALLOW) {
      throw new NotAllowedError(
        `You may not ${what}: permission '${permission.name}' is denied`,
      );
    }
  }

  /** Whether the decision on this permission allows this fork. */
  async isAllowed(
    permission: ForkPermission,
    fork: ForkPermissionResource,
    { credentials }: Options,
  ): Promise<boolean> {
    const [decision] = await this.permissions.authorizeConditional(
      [{ permission }],
      { credentials },
    );
    return this.#applies(decision, fork);
  }

  /** Which forks a list may show: all, those that match, or none. */
  async findFilter(
    permission: ForkPermission,
    { credentials }: Options,
  ): Promise<{ filter?: ForkCriteria } | 'none'> {
    const [decision] = await this.permissions.authorizeConditional(
      [{ permission }],
      { credentials },
    );
    switch (decision.result) {
      case AuthorizeResult.ALLOW:
        return {};
      case AuthorizeResult.CONDITIONAL:
        return { filter: this.#toCriteria(decision.conditions) };
      default:
        return 'none';
    }
  }
}
