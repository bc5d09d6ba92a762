import { randomBytes } from 'node:crypto';
import type { BackendFeature } from '@backstage/backend-plugin-api';
import { schedulerServiceFactory } from '@backstage/backend-defaults/scheduler';
import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import type { TestLocalCloud } from '@forkyard/local-cloud';
import deploymentsPlugin from '@forkyard/plugin-deployments-backend';
import {
  DeploymentsClient,
  RolloutsClient,
} from '@forkyard/plugin-deployments-common';
import type { JsonObject } from '@backstage/types';
import type { Knex } from 'knex';
import deploymentsModuleVercel from '../index';

/** Creates the component whose project is `shop`. */
export function createShop(annotations: Record<string, string> = {}): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name: 'shop',
      annotations: { 'vercel.com/project-id': 'shop', ...annotations },
    },
  };
}

/** Starts the plugin with this module, as a portal on a test cloud does. */
export async function startTestPortal(options: {
  cloud: TestLocalCloud;
  knex: Knex;
  entity: Entity;
  /** The configuration of `deployments`. */
  deployments: JsonObject;
  integrations?: JsonObject;
  features?: BackendFeature[];
}) {
  const { cloud, knex, entity, deployments, integrations = {} } = options;
  const { server } = await startTestBackend({
    features: [
      deploymentsPlugin,
      deploymentsModuleVercel,
      mockServices.database.factory({ knex }),
      mockServices.rootConfig.factory({
        data: {
          vercel: {
            token: cloud.token,
            apiBaseUrl: cloud.urls.vercel,
            teamId: 'team_acme',
          },
          deployments: {
            encryptionKey: randomBytes(32).toString('base64'),
            ...deployments,
          },
          integrations,
        },
      }),
      schedulerServiceFactory,
      catalogServiceMock.factory({ entities: [entity] }),
      ...(options.features ?? []),
    ],
  });
  const baseUrl = `http://127.0.0.1:${server.port()}`;
  const client = {
    discoveryApi: { getBaseUrl: async (id: string) => `${baseUrl}/api/${id}` },
  };
  return {
    baseUrl,
    api: new DeploymentsClient(client),
    rollouts: new RolloutsClient(client),
  };
}

const DEADLINE_MS = 80_000;

/** Reads until it is right; gives up with the last value that was read. */
export async function readUntil<T>(
  read: () => Promise<T>,
  isRight: (value: T) => boolean,
): Promise<T> {
  const giveUpAt = Date.now() + DEADLINE_MS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > giveUpAt) {
      throw new Error(`Waited too long: ${JSON.stringify(value, null, 1)}`);
    }
    await new Promise(resolve => {
      setTimeout(resolve, 100);
    });
  }
}
