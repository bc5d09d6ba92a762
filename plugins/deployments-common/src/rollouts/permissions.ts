import { createPermission } from '@backstage/plugin-permission-common';

/** Start, pause, resume, promote and abort rollouts. @public */
export const rolloutUpdatePermission = createPermission({
  name: 'deployments.rollout.update',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** Approve or reject a rollout that somebody else asked for. @public */
export const rolloutApprovePermission = createPermission({
  name: 'deployments.rollout.approve',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** Break the glass: let an environment's freeze and error budget stop nothing for a while. @public */
export const gateOverridePermission = createPermission({
  name: 'deployments.gate.override',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** @public */
export const rolloutPermissions = [
  rolloutUpdatePermission,
  rolloutApprovePermission,
  gateOverridePermission,
];
