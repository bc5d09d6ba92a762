import { createPermission } from '@backstage/plugin-permission-common';

/** The permission resource is the catalog entity of the finding. @public */
export const findingReadPermission = createPermission({
  name: 'security-findings.finding.read',
  attributes: { action: 'read' },
  resourceType: 'catalog-entity',
});

/** Waive findings of an entity, and take waivers back. @public */
export const findingWaivePermission = createPermission({
  name: 'security-findings.finding.waive',
  attributes: { action: 'update' },
  resourceType: 'catalog-entity',
});

/** Upload reports of other tools about an entity. @public */
export const reportUploadPermission = createPermission({
  name: 'security-findings.report.upload',
  attributes: { action: 'create' },
  resourceType: 'catalog-entity',
});

/** @public */
export const securityFindingsPermissions = [
  findingReadPermission,
  findingWaivePermission,
  reportUploadPermission,
];
