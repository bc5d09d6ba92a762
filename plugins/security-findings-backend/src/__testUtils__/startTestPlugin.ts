import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import type { JsonObject } from '@backstage/types';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { notificationService } from '@backstage/plugin-notifications-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
  type DeploymentsService,
} from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import request from 'supertest';
import securityFindingsPlugin from '../index';

/** The entity that most tests are about. */
export const ENTITY_REF = 'component:default/shop';

/** Creates a component, by default one whose repository is acme/<name>. */
export function component(
  name: string,
  annotations: Record<string, string> = {
    'github.com/project-slug': `acme/${name}`,
  },
): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', etag: name, annotations },
  };
}

interface TestPluginOptions {
  knex: Knex;
  github: { url: string; token: string };
  entities?: Entity[];
  config?: JsonObject;
  /** URL of what is live in production. */
  liveUrl?: () => string | undefined;
}

function createMocks() {
  return {
    permissions: mockServices.permissions.mock({
      authorize: async requests =>
        requests.map(() => ({ result: AuthorizeResult.ALLOW })),
    }),
    auditor: mockServices.auditor.mock({
      createEvent: jest.fn(async () => ({
        success: async () => {},
        fail: async () => {},
      })),
    }),
    scheduler: mockServices.scheduler.mock(),
    events: mockServices.events.mock(),
    send: jest.fn(async () => {}),
  };
}

function createDeployment(
  entityRef: string,
  url: string,
): Awaited<ReturnType<DeploymentsService['getDeployment']>> {
  const moment = '2026-11-20T12:00:00.000Z';
  return {
    id: 'memory:one',
    provider: 'memory',
    externalId: 'one',
    projectId: 'project',
    entityRef,
    environment: 'production',
    state: 'ready',
    live: true,
    url,
    aliases: [],
    createdAt: moment,
    observedAt: moment,
  };
}

/** Knows of a deployment that is live in production, or of none. */
function createDeployments(
  liveUrl: TestPluginOptions['liveUrl'],
): DeploymentsService {
  return mockDeploymentsService({
    getEntityStatus: async ({ entityRef }) => {
      const url = liveUrl?.();
      return {
        entityRef,
        environments: url
          ? [
              {
                environment: 'production',
                url,
                live: createDeployment(entityRef, url),
              },
            ]
          : [],
      };
    },
  });
}

function createConfig({ github, config }: TestPluginOptions) {
  const { host } = new URL(github.url);
  return mockServices.rootConfig.factory({
    data: {
      integrations: {
        github: [
          {
            host,
            apiBaseUrl: github.url,
            rawBaseUrl: github.url,
            token: github.token,
          },
        ],
      },
      backend: { reading: { allow: [{ host }] } },
      securityFindings: { github: { host }, ...config },
    },
  });
}

/**
 * Starts the plugin with a GitHub at some address. Jobs do not run by
 * themselves; `runTask` runs them, and `publish` delivers events.
 */
export async function startTestPlugin(options: TestPluginOptions) {
  const { knex, entities = [component('shop')] } = options;
  const mocks = createMocks();
  const { permissions, auditor, scheduler, events, send } = mocks;
  const { server } = await startTestBackend({
    features: [
      securityFindingsPlugin,
      mockServices.database.factory({ knex }),
      permissions.factory,
      auditor.factory,
      scheduler.factory,
      events.factory,
      catalogServiceMock.factory({ entities }),
      createServiceFactory({
        service: notificationService,
        deps: {},
        factory: () => ({ send }),
      }),
      createServiceFactory({
        service: deploymentsServiceRef,
        deps: {},
        factory: () => createDeployments(options.liveUrl),
      }),
      createConfig(options),
    ],
  });
  const call = (
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    credentials: string = mockCredentials.user.header(),
  ) =>
    request(server)
      [method](`/api/security-findings${path}`)
      .set('authorization', credentials);
  /** Runs a scheduled task as the scheduler would. */
  const runTask = async (id: string) => {
    const task = scheduler.scheduleTask.mock.calls.find(
      ([candidate]) => candidate.id === id,
    );
    await task![0].fn(new AbortController().signal);
  };
  /** Delivers an event to who subscribed to its topic. */
  const publish = async (topic: string, eventPayload: unknown) => {
    for (const [subscription] of events.subscribe.mock.calls) {
      if (subscription.topics.includes(topic)) {
        await subscription.onEvent({ topic, eventPayload });
      }
    }
  };
  return {
    ...mocks,
    call,
    runTask,
    publish,
    refresh: (entityRef = ENTITY_REF) =>
      call('post', '/refresh').send({ entityRef }),
    list: (query = '', entityRef = ENTITY_REF) =>
      call('get', `/findings?entityRef=${entityRef}${query}`),
    summary: (entityRef = ENTITY_REF) =>
      call('get', `/summary?entityRef=${entityRef}`),
  };
}
