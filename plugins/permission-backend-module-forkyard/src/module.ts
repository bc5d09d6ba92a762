import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import { policyExtensionPoint } from '@backstage/plugin-permission-node/alpha';
import { readPolicyConfig } from './config';
import { ForkyardPermissionPolicy } from './ForkyardPermissionPolicy';

/**
 * Makes the permission backend decide by Forkyard's policy.
 *
 * @public
 */
export const permissionModuleForkyard = createBackendModule({
  pluginId: 'permission',
  moduleId: 'forkyard',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        logger: coreServices.logger,
        policy: policyExtensionPoint,
      },
      async init({ config, logger, policy }) {
        const settings = readPolicyConfig(config);
        if (settings.almightyGuest) {
          logger.warn(
            `'${settings.almightyGuest}' may do everything, because 'permission.forkyard.guestMayDoEverything' is true`,
          );
        }
        policy.setPolicy(new ForkyardPermissionPolicy(settings));
      },
    });
  },
});
