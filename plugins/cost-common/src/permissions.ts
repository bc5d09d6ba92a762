import { createPermission } from '@backstage/plugin-permission-common';

/** See what an entity costs; the resource is the catalog entity. @public */
export const chargeReadPermission = createPermission({
  name: 'cost.charge.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/**
 * See the whole bill, with what is shared and what falls on no entity.
 *
 * @public
 */
export const billReadPermission = createPermission({
  name: 'cost.bill.read',
  attributes: { action: 'read' },
});

/** Ask the provider for the charges at once. @public */
export const billUpdatePermission = createPermission({
  name: 'cost.bill.update',
  attributes: { action: 'update' },
});

/** @public */
export const costPermissions = [
  chargeReadPermission,
  billReadPermission,
  billUpdatePermission,
];
