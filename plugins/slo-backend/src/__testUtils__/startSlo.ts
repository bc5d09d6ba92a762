import { createHmac } from 'node:crypto';
import { createServiceFactory } from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import {
  NotFoundError,
  NotModifiedError,
  ServiceUnavailableError,
} from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import {
  deploymentsServiceRef,
  mockDeploymentsService,
} from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import request from 'supertest';
import sloPlugin from '../index';
import { logRow } from '../ingest/__testUtils__/rows';

export const ENTITY_REF = 'component:default/shop';
export const SECRET = 'secret-of-the-drains';

export const SLO_FILE = `apiVersion: openslo/v1
kind: SLO
metadata:
  name: availability
  displayName: Requests that do not fail
  annotations:
    forkyard.dev/runbook: runbooks/high-error-rate.md
spec:
  indicator:
    spec:
      ratioMetric:
        good: { metricSource: { type: VercelDrain, spec: { signal: requests, statusBelow: 500 } } }
        total: { metricSource: { type: VercelDrain, spec: { signal: requests } } }
  timeWindow: [{ duration: 28d, isRolling: true }]
  budgetingMethod: Occurrences
  objectives: [{ target: 0.999 }]
`;

/** The same, of what takes at most half a second. */
export const LATENCY_DOCUMENT = SLO_FILE.replace('availability', 'latency')
  .replace(
    'signal: requests, statusBelow: 500',
    'signal: durations, atMostMilliseconds: 500',
  )
  .replace('{ signal: requests }', '{ signal: durations }')
  .replace('target: 0.999', 'target: 0.95');

/** A repository with one file, which may be changed, gone or unreachable. */
class TestRepository {
  text: string | undefined = SLO_FILE;
  isDown = false;
  readonly urls: string[] = [];

  async readUrl(url: string, options?: { etag?: string }) {
    this.urls.push(url);
    if (this.isDown) throw new ServiceUnavailableError('401 Bad credentials');
    const text = this.text;
    if (text === undefined) throw new NotFoundError('404');
    if (options?.etag === text) throw new NotModifiedError();
    return { etag: text, buffer: async () => Buffer.from(text) };
  }
}

function component(name: string, annotations: Record<string, string>) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name, namespace: 'default', etag: name, annotations },
  };
}

const catalog = () =>
  catalogServiceMock.factory({
    entities: [
      component('shop', {
        'forkyard.dev/slo': 'slo.yaml',
        'backstage.io/managed-by-location':
          'url:https://github.com/acme/shop/blob/main/catalog-info.yaml',
      }),
      component('plain', {}),
    ],
  });

function createMocks() {
  return {
    repository: new TestRepository(),
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
    actions: actionsRegistryServiceMock.mock(),
  };
}

const deployments = createServiceFactory({
  service: deploymentsServiceRef,
  deps: {},
  factory: () =>
    mockDeploymentsService({
      listProjects: async () => ({
        items: [
          { provider: 'vercel', projectId: 'prj_1', entityRef: ENTITY_REF },
        ],
      }),
    }),
});

async function startServer(
  { knex, config }: { knex: Knex; config?: object },
  mocks: ReturnType<typeof createMocks>,
) {
  const { repository, permissions, auditor, scheduler, events, actions } =
    mocks;
  const { server } = await startTestBackend({
    features: [
      sloPlugin,
      mockServices.rootConfig.factory({
        data: {
          slo: { vercel: { drainSecret: SECRET }, ...config },
          backend: { baseUrl: 'http://localhost' },
        },
      }),
      mockServices.database.factory({ knex }),
      permissions.factory,
      auditor.factory,
      scheduler.factory,
      events.factory,
      actions.factory,
      mockServices.urlReader.mock({
        readUrl: (url, given) => repository.readUrl(url, given),
      }).factory,
      deployments,
      catalog(),
    ],
  });
  return server;
}

/** Starts the plugin on a database, with everything around it in memory. */
export async function startSlo(options: { knex: Knex; config?: object }) {
  const mocks = createMocks();
  const server = await startServer(options, mocks);
  /** Runs a scheduled task as the scheduler would. */
  const run = async (id: string) => {
    const task = mocks.scheduler.scheduleTask.mock.calls
      .map(([scheduled]) => scheduled)
      .find(scheduled => scheduled.id === id);
    if (!task) throw new Error(`There is no task '${id}'`);
    await task.fn(new AbortController().signal);
  };
  return {
    ...mocks,
    server,
    run,
    call: (
      method: 'get' | 'post',
      path: string,
      credentials: string = mockCredentials.user.header(),
    ) =>
      request(server)
        [method](`/api/slo${path}`)
        .set('authorization', credentials),
    /** Finds the entity, its project and its SLOs. */
    discover: async () => {
      await run('discover-entities');
      await run('refresh-projects');
      await run('read-files');
    },
    /** Sends the rows of so many requests through the drain, and evaluates. */
    sendRequests: async (sent: {
      good?: number;
      bad?: number;
      environment?: string;
      /** Default: that of a visitor. */
      userAgent?: string;
    }) => {
      const { body, signature } = deliver(sent);
      const response = await request(server)
        .post('/api/slo/drains/vercel/logs')
        .set('x-vercel-signature', signature)
        .set('content-type', 'application/x-ndjson')
        .send(body);
      if (response.status !== 200) throw new Error(response.text);
      await options.knex('slo_entities').update({
        evaluation_due_at: options.knex.fn.now(),
      });
      await run('evaluate-slos');
    },
  };
}

let sentRequests = 0;

function deliver(sent: {
  good?: number;
  bad?: number;
  environment?: string;
  userAgent?: string;
}) {
  const at = Date.now();
  const statuses = [
    ...Array<number>(sent.good ?? 0).fill(200),
    ...Array<number>(sent.bad ?? 0).fill(500),
  ];
  const rows = statuses.map(status =>
    logRow({
      at,
      status,
      environment: sent.environment,
      userAgent: sent.userAgent,
      requestId: `request-${(sentRequests += 1)}`,
    }),
  );
  const body = rows.map(row => JSON.stringify(row)).join('\n');
  const signature = createHmac('sha1', SECRET).update(body).digest('hex');
  return { body, signature };
}
