import {
  AuthorizeResult,
  type ConditionalPolicyDecision,
  type DefinitivePolicyDecision,
  type PermissionRuleParams,
} from '@backstage/plugin-permission-common';

export const ALLOW: DefinitivePolicyDecision = {
  result: AuthorizeResult.ALLOW,
};

export const DENY: DefinitivePolicyDecision = { result: AuthorizeResult.DENY };

/** Leaves the decision to the catalog: is one of the claims the owner? */
export function allowEntityOwners(claims: string[]): ConditionalPolicyDecision {
  return allowWhen({
    pluginId: 'catalog',
    resourceType: 'catalog-entity',
    rule: 'IS_ENTITY_OWNER',
    params: { claims },
  });
}

/** Leaves the decision to forks: is one of the claims the owner? */
export function allowForkOwners(claims: string[]): ConditionalPolicyDecision {
  return allowWhen({
    pluginId: 'forks',
    resourceType: 'forks-fork',
    rule: 'IS_FORK_OWNER',
    params: { claims },
  });
}

/** Leaves the decision to the scaffolder: did this user create the task? */
export function allowTaskCreator(
  userEntityRef: string,
): ConditionalPolicyDecision {
  return allowWhen({
    pluginId: 'scaffolder',
    resourceType: 'scaffolder-task',
    rule: 'IS_TASK_OWNER',
    params: { createdBy: [userEntityRef] },
  });
}

function allowWhen(options: {
  pluginId: string;
  resourceType: string;
  rule: string;
  params: PermissionRuleParams;
}): ConditionalPolicyDecision {
  const { pluginId, resourceType, rule, params } = options;
  return {
    result: AuthorizeResult.CONDITIONAL,
    pluginId,
    resourceType,
    conditions: { rule, resourceType, params },
  };
}
