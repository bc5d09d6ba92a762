import { createPermission } from '@backstage/plugin-permission-common';

/**
 * See the SLOs, the traffic and the alerts of a catalog entity, which is the
 * permission's resource.
 *
 * @public
 */
export const sloReadPermission = createPermission({
  name: 'slo.slo.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** @public */
export const sloPermissions = [sloReadPermission];
