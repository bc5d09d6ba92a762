import { createPermission } from '@backstage/plugin-permission-common';

/** The permission resource is the catalog entity of the deployment. @public */
export const deploymentReadPermission = createPermission({
  name: 'deployments.deployment.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/**
 * Read the build log of a deployment, in which builds may print what only its
 * owners should see.
 *
 * @public
 */
export const deploymentLogReadPermission = createPermission({
  name: 'deployments.log.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** Redeploy a deployment. @public */
export const deploymentCreatePermission = createPermission({
  name: 'deployments.deployment.create',
  attributes: { action: 'create' },
  resourceType: 'catalog-entity',
});

/** Send an environment's traffic to a deployment. @public */
export const deploymentPromotePermission = createPermission({
  name: 'deployments.deployment.promote',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** @public */
export const deploymentsPermissions = [
  deploymentReadPermission,
  deploymentLogReadPermission,
  deploymentCreatePermission,
  deploymentPromotePermission,
];
