import {
  createConditionExports,
  createPermissionResourceRef,
  createPermissionRule,
} from '@backstage/plugin-permission-node';
import { RESOURCE_TYPE_FORK, type Fork } from '@forkyard/plugin-forks-common';
import { z } from 'zod';

/**
 * What a permission decision may look at. A provisioning is judged like the
 * fork that it makes.
 *
 * @public
 */
export type ForkPermissionResource = Pick<Fork, 'owner' | 'createdBy'>;

/**
 * One condition on forks, applied in SQL to lists.
 *
 * @public
 */
export interface ForkFilter {
  key: 'owner' | 'createdBy';
  values: string[];
}

/**
 * The fork as a resource of the permission framework.
 *
 * @public
 */
export const forkPermissionResourceRef = createPermissionResourceRef<
  ForkPermissionResource,
  ForkFilter
>().with({ pluginId: 'forks', resourceType: RESOURCE_TYPE_FORK });

/** @public */
export const isForkOwner = createPermissionRule({
  name: 'IS_FORK_OWNER',
  description: 'Allow forks that one of the given users or groups owns',
  resourceRef: forkPermissionResourceRef,
  paramsSchema: z.object({
    owners: z
      .array(z.string())
      .describe('Entity refs, usually the ownership refs of the user'),
  }),
  apply: (fork, { owners }) => owners.includes(fork.owner),
  toQuery: ({ owners }) => ({ key: 'owner', values: owners }),
});

/** @public */
export const isForkCreator = createPermissionRule({
  name: 'IS_FORK_CREATOR',
  description: 'Allow forks that one of the given users asked for',
  resourceRef: forkPermissionResourceRef,
  paramsSchema: z.object({
    creators: z.array(z.string()).describe('Entity refs of users'),
  }),
  apply: (fork, { creators }) => creators.includes(fork.createdBy),
  toQuery: ({ creators }) => ({ key: 'createdBy', values: creators }),
});

/** @public */
export const forkPermissionRules = { isForkOwner, isForkCreator };

const conditionExports = createConditionExports({
  resourceRef: forkPermissionResourceRef,
  rules: forkPermissionRules,
});

/**
 * Conditions for a permission policy, for example
 * `forkConditions.isForkOwner({ owners: user.info.ownershipEntityRefs })`.
 *
 * @public
 */
export const forkConditions = conditionExports.conditions;

/**
 * Makes a conditional decision on a fork permission from conditions.
 *
 * @public
 */
export const createForkConditionalDecision =
  conditionExports.createConditionalDecision;
