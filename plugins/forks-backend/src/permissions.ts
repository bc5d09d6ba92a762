import type { PermissionsRegistryService } from '@backstage/backend-plugin-api';
import { forksPermissions } from '@forkyard/plugin-forks-common';
import {
  forkPermissionResourceRef,
  forkPermissionRules,
} from '@forkyard/plugin-forks-node';
import type { ForkStore } from './database/ForkStore';

/**
 * Makes forks known to the permission framework, by name.
 */
export function registerForkPermissions(
  registry: PermissionsRegistryService,
  forks: ForkStore,
): void {
  registry.addResourceType({
    resourceRef: forkPermissionResourceRef,
    permissions: forksPermissions,
    rules: Object.values(forkPermissionRules),
    getResources: names =>
      Promise.all(names.map(name => forks.findFork({ name }))),
  });
}
