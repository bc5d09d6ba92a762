import {
  coreServices,
  createBackendModule,
} from '@backstage/backend-plugin-api';
import {
  createVercelClient,
  readVercelOptions,
  SecretBox,
} from '@forkyard/backend-kit';
import { deploymentsProviderExtensionPoint } from '@forkyard/plugin-deployments-node';
import { readVercelModuleConfig } from './config';
import { DatabaseWebhookSecretsStore } from './database/DatabaseWebhookSecretsStore';
import { VercelApi } from './VercelApi';
import { VercelDeploymentProvider } from './VercelDeploymentProvider';
import { VercelWebhooks } from './webhooks/VercelWebhooks';

/**
 * Adds Vercel to the deployments plugin.
 *
 * @public
 */
export const deploymentsModuleVercel = createBackendModule({
  pluginId: 'deployments',
  moduleId: 'vercel',
  register(env) {
    env.registerInit({
      deps: {
        config: coreServices.rootConfig,
        database: coreServices.database,
        logger: coreServices.logger,
        providers: deploymentsProviderExtensionPoint,
        scheduler: coreServices.scheduler,
      },
      async init({ config, database, logger, providers, scheduler }) {
        const vercel = readVercelOptions(config);
        const settings = readVercelModuleConfig(config);
        const { encryptionKey, webhookUrl } = settings;
        const client = createVercelClient({ ...vercel, logger });
        const secrets =
          encryptionKey === undefined
            ? undefined
            : await DatabaseWebhookSecretsStore.create({
                database,
                box: new SecretBox({
                  encryptionKey,
                  configKey: 'deployments.encryptionKey',
                  purpose: 'forkyard deployments vercel webhook secret',
                }),
              });
        const webhooks = new VercelWebhooks({
          client,
          logger,
          secrets,
          configuredSecret: settings.webhookSecret,
        });
        providers.addProvider(
          new VercelDeploymentProvider({
            api: new VercelApi(client),
            webhooks,
            gitHubUrl: settings.gitHubUrl,
            trustAnnotations: settings.trustAnnotations,
          }),
        );
        if (webhookUrl) {
          // Vercel may be away when we start; a later run then subscribes.
          await scheduler.scheduleTask({
            id: 'vercel-ensure-webhook',
            frequency: { minutes: 10 },
            timeout: { minutes: 2 },
            fn: () => webhooks.ensure({ url: webhookUrl }),
          });
        }
      },
    });
  },
});
