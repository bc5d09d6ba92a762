import {
  coreServices,
  createServiceFactory,
  type BackendFeature,
  type SchedulerServiceTaskInvocationDefinition,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import {
  notificationService,
  type NotificationSendOptions,
} from '@backstage/plugin-notifications-node';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { deploymentsServiceRef } from '@forkyard/plugin-deployments-node';
import { sloServiceRef } from '@forkyard/plugin-slo-node';
import type { Knex } from 'knex';
import request from 'supertest';
import incidentsPlugin from '../index';
import { TestDeployments } from './TestDeployments';
import { TestRepository } from './TestRepository';
import { TestSlo } from './TestSlo';

export const ENTITY_REF = 'component:default/shop';
export const ALERTMANAGER_TOKEN = 'a-token-of-sixteen-or-more';

export function component(
  name: string,
  annotations: Record<string, string> = {},
) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        'backstage.io/managed-by-location': `url:https://github.com/acme/${name}/blob/main/catalog-info.yaml`,
        ...annotations,
      },
    },
    spec: { owner: 'group:default/platform' },
    relations: [{ type: 'ownedBy', targetRef: 'group:default/platform' }],
  };
}

type Permissions = ReturnType<typeof mockServices.permissions.mock>;

/** Owners of all components: one group with one member. */
const OWNERS = [
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Group',
    metadata: { name: 'platform', namespace: 'default' },
    spec: { type: 'team', children: [] },
    relations: [{ type: 'hasMember', targetRef: 'user:default/ana' }],
  },
  {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'User',
    metadata: { name: 'ana', namespace: 'default' },
    spec: { profile: { email: 'ana@example.com' } },
  },
];

function createCatalog(entities: Entity[]) {
  const catalog = catalogServiceMock.mock();
  const held = catalogServiceMock({
    entities: [
      ...OWNERS,
      ...entities,
      component('shop', { 'vercel.com/project-id': 'shop-project' }),
      component('plain', { 'vercel.com/project-id': 'claimed-project' }),
    ],
  });
  catalog.getEntities.mockImplementation(held.getEntities.bind(held));
  catalog.getEntityByRef.mockImplementation(held.getEntityByRef.bind(held));
  catalog.getEntitiesByRefs.mockImplementation(
    held.getEntitiesByRefs.bind(held),
  );
  return catalog;
}

/** Denies the permissions of these names, at entities and everywhere. */
function setDenied(permissions: Permissions, names: string[]): void {
  const decide = ({
    name,
  }: {
    name: string;
  }): { result: AuthorizeResult.ALLOW | AuthorizeResult.DENY } => ({
    result: names.includes(name) ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
  });
  permissions.authorize.mockImplementation(async requests =>
    requests.map(({ permission }) => decide(permission)),
  );
  permissions.authorizeConditional.mockImplementation(async requests =>
    requests.map(({ permission }) => decide(permission)),
  );
}

function createMocks(entities: Entity[]) {
  const permissions = mockServices.permissions.mock();
  setDenied(permissions, []);
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({
      success: async () => {},
      fail: async () => {},
    })),
  });
  const jobs = new Map<
    string,
    SchedulerServiceTaskInvocationDefinition['fn']
  >();
  const scheduler = mockServices.scheduler.mock({
    scheduleTask: async ({ id, fn }) => {
      jobs.set(id, fn);
    },
    createScheduledTaskRunner: () => ({ run: async () => {} }),
  });
  const runJob = async (id: string) =>
    jobs.get(id)!(new AbortController().signal);
  return {
    permissions,
    auditor,
    scheduler,
    runJob,
    events: mockServices.events.mock(),
    notifications: {
      send: jest.fn(async (_: NotificationSendOptions) => {}),
    },
    catalog: createCatalog(entities),
    slo: new TestSlo(),
  };
}

/** Gives each plugin what is its own, since their migrations are not related. */
function createDatabases(options: {
  knex: Knex;
  notifications?: { knex: Knex };
}) {
  return createServiceFactory({
    service: coreServices.database,
    deps: { plugin: coreServices.pluginMetadata },
    factory: ({ plugin }) =>
      mockServices.database({
        knex:
          plugin.getId() === 'notifications'
            ? options.notifications!.knex
            : options.knex,
      }),
  });
}

/** Starts the plugin with everything around it in memory. */
export async function startIncidents(options: {
  knex: Knex;
  config?: object;
  deployments?: TestDeployments;
  repository?: TestRepository;
  /** More of the catalog. */
  entities?: Entity[];
  /** Backstage's own notifications with these modules, kept in `knex`. */
  notifications?: { knex: Knex; features: BackendFeature[] };
}) {
  const deployments = options.deployments ?? new TestDeployments(ENTITY_REF);
  const repository = options.repository ?? new TestRepository();
  const mocks = createMocks(options.entities ?? []);
  const { server } = await startTestBackend({
    features: [
      incidentsPlugin,
      createDatabases(options),
      mockServices.rootConfig.factory({
        data: {
          incidents: { alertmanager: { token: ALERTMANAGER_TOKEN } },
          ...options.config,
        },
      }),
      mockServices.urlReader.mock({
        readTree: repository.readTree.bind(repository),
      }).factory,
      mocks.permissions.factory,
      mocks.auditor.factory,
      mocks.scheduler.factory,
      mocks.events.factory,
      mocks.catalog.factory,
      ...(options.notifications?.features ?? [
        createServiceFactory({
          service: notificationService,
          deps: {},
          factory: () => mocks.notifications,
        }),
      ]),
      createServiceFactory({
        service: deploymentsServiceRef,
        deps: {},
        factory: () => deployments.service(),
      }),
      createServiceFactory({
        service: sloServiceRef,
        deps: {},
        factory: () => mocks.slo.service(),
      }),
    ],
  });
  const call = (
    method: 'get' | 'post',
    path: string,
    credentials: string = mockCredentials.user.header(),
  ) =>
    request(server)
      [method](`/api/incidents${path}`)
      .set('authorization', credentials);
  const deny = (...names: string[]) => setDenied(mocks.permissions, names);
  const url = `http://127.0.0.1:${server.port()}/api/incidents`;
  return { ...mocks, deployments, repository, call, deny, url };
}

/** Asks again until the answer is as wanted; the test's own limit ends it. */
export async function until<T>(
  ask: () => Promise<T>,
  isWanted: (answer: T) => boolean,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (isWanted(answer)) return answer;
    await new Promise(resolve => {
      setTimeout(resolve, 20);
    });
  }
}
