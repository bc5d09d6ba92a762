import { createPermission } from '@backstage/plugin-permission-common';

/**
 * See the alerts of a catalog entity, which is the permission's resource. Those
 * of no known entity are for who may see the alerts of every entity.
 *
 * @public
 */
export const alertReadPermission = createPermission({
  name: 'incidents.alert.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** Acknowledge and resolve alerts of the entity. @public */
export const alertUpdatePermission = createPermission({
  name: 'incidents.alert.update',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** See the runbooks of the entity and what was run. @public */
export const runbookReadPermission = createPermission({
  name: 'incidents.runbook.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/**
 * Run runbooks of the entity. Steps that change a deployment also need the
 * permission of deployments for it.
 *
 * @public
 */
export const runbookRunPermission = createPermission({
  name: 'incidents.runbook.run',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** @public */
export const incidentsPermissions = [
  alertReadPermission,
  alertUpdatePermission,
  runbookReadPermission,
  runbookRunPermission,
];
