import { createPermission } from '@backstage/plugin-permission-common';

/** Resource type of a fork in the permission framework. @public */
export const RESOURCE_TYPE_FORK = 'forks-fork';

/** See a fork in lists and on its page. @public */
export const forkReadPermission = createPermission({
  name: 'forks.fork.read',
  attributes: { action: 'read' },
  resourceType: RESOURCE_TYPE_FORK,
});

/** Check a plan and create a fork. @public */
export const forkCreatePermission = createPermission({
  name: 'forks.fork.create',
  attributes: { action: 'create' },
});

/** Resume a failed provisioning of a fork. @public */
export const forkUpdatePermission = createPermission({
  name: 'forks.fork.update',
  attributes: { action: 'update' },
  resourceType: RESOURCE_TYPE_FORK,
});

/** Unwind a provisioning or delete a fork. @public */
export const forkDeletePermission = createPermission({
  name: 'forks.fork.delete',
  attributes: { action: 'delete' },
  resourceType: RESOURCE_TYPE_FORK,
});

/** @public */
export const forksPermissions = [
  forkReadPermission,
  forkCreatePermission,
  forkUpdatePermission,
  forkDeletePermission,
];
