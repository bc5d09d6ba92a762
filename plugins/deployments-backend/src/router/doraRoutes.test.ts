import {
  coreServices,
  createBackendPlugin,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { catalogServiceRef } from '@backstage/plugin-catalog-node';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import type { DoraReport } from '@forkyard/plugin-deployments-common';
import Router from 'express-promise-router';
import type { Knex } from 'knex';
import request from 'supertest';
import { createDeliveryStores } from '../__testUtils__/createDeliveryStores';
import {
  deploymentIdOf,
  shaOf,
  writeTraffic,
} from '../__testUtils__/writeTraffic';
import { createDora, type Dora } from '../services/dora/createDora';
import { EntityAccess } from '../services/EntityAccess';
import type { EntityTakenBackRollout } from '../services/dora/DeliveryHistory';
import { addDoraRoutes } from './doraRoutes';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const SHOP = 'component:default/shop';
const STUDIO = 'component:default/studio';
const HOUR_MS = 3_600_000;

function entity(
  kind: string,
  name: string,
  relations: [string, string][] = [],
) {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind,
    metadata: { name, namespace: 'default' },
    relations: relations.map(([type, targetRef]) => ({ type, targetRef })),
  };
}

const PARTS: [string, string][] = [
  ['ownedBy', 'group:default/platform'],
  ['partOf', 'system:default/images'],
];
const entities = [
  entity('Group', 'platform'),
  entity('Group', 'idle'),
  entity('System', 'images'),
  entity('Component', 'shop', PARTS),
  entity('Component', 'studio', PARTS),
  entity('Component', 'library', PARTS),
];

/** Ten days ago, so that a week does not reach it. */
const start = () => new Date(Date.now() - 10 * 24 * HOUR_MS);

async function setUp() {
  const knex = await databases.init('POSTGRES_18');
  const stores = await createDeliveryStores(knex);
  const denied = new Set<string>();
  const rollouts: EntityTakenBackRollout[] = [];
  const commitTimes = new Map<string, Date>();
  const held: { dora?: Dora } = {};
  const { server } = await startTestBackend({
    features: [
      createBackendPlugin({
        pluginId: 'deployments',
        register(env) {
          env.registerInit({
            deps: {
              auth: coreServices.auth,
              catalog: catalogServiceRef,
              httpAuth: coreServices.httpAuth,
              httpRouter: coreServices.httpRouter,
              logger: coreServices.logger,
              permissions: coreServices.permissions,
            },
            async init(deps) {
              const dora = createDora({
                ...deps,
                ...stores,
                access: new EntityAccess(deps),
                source: {
                  findTime: async ({ sha }) => commitTimes.get(sha),
                },
                rollouts: {
                  listTakenBack: async refs =>
                    rollouts.filter(({ entityRef }) =>
                      refs.includes(entityRef),
                    ),
                },
              });
              held.dora = dora;
              const router = Router();
              addDoraRoutes(router, { ...deps, dora: dora.service });
              deps.httpRouter.use(router);
            },
          });
        },
      }),
      mockServices.permissions.mock({
        authorize: async requests =>
          requests.map(asked => ({
            result: denied.has(
              'resourceRef' in asked ? String(asked.resourceRef) : '',
            )
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
          })),
      }).factory,
      catalogServiceMock.factory({ entities }),
    ],
  });
  const call = (
    path: string,
    credentials: string = mockCredentials.user.header(),
  ) =>
    request(server)
      .get(`/api/deployments${path}`)
      .set('authorization', credentials);
  return { knex, call, denied, rollouts, commitTimes, dora: held.dora! };
}

/** One metric as `value (cases of unknown)`, and so for the period before. */
function valueOf(report: DoraReport, name: string) {
  const metric = report.metrics.find(found => found.metric === name)!;
  return [metric.value, metric.cases, metric.unknown];
}

const historyOf = (knex: Knex, entityRef: string, history: string) =>
  writeTraffic(knex, entityRef, { history, start: start() });

describe('the routes of delivery performance', () => {
  it('report what happened to an entity, down to the deployments of each metric', async () => {
    const { knex, call, commitTimes, dora, rollouts } = await setUp();
    await historyOf(knex, SHOP, 'A@0 B@60 A@70 C@120');
    commitTimes.set(shaOf('A'), new Date(start().getTime() - HOUR_MS));
    commitTimes.set(shaOf('C'), new Date(start().getTime()));
    await dora.history.refreshMoved();
    await dora.commitTimes.readDueCommits();
    const path = `/dora?entityRef=${SHOP}`;
    const { status, body } = await call(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      scope: { entityRef: SHOP },
      days: 30,
      bucketDays: 1,
      entities: 1,
    });
    expect(body.buckets).toHaveLength(30);
    expect(valueOf(body, 'deployment-frequency').slice(1)).toEqual([3, 0]);
    const [lead, ...cases] = valueOf(body, 'change-lead-time');
    // An hour and two hours; that of B is not known.
    expect(lead).toBeCloseTo(1.5 * 3600, -1);
    expect(cases).toEqual([2, 1]);
    expect(valueOf(body, 'change-fail-rate')).toEqual([
      expect.closeTo(1 / 3, 6),
      3,
      0,
    ]);
    expect(valueOf(body, 'failed-deployment-recovery-time')).toEqual([
      600, 1, 0,
    ]);
    expect(valueOf(body, 'rework-rate')[0]).toBeCloseTo(1 / 3, 6);

    // A canary that was aborted meanwhile is found without any other event.
    const trafficFrom = new Date(start().getTime() + 3 * HOUR_MS);
    rollouts.push({
      id: '11111111-1111-4111-8111-111111111111',
      entityRef: SHOP,
      deploymentId: deploymentIdOf(SHOP, 'D'),
      kind: 'aborted',
      trafficFrom,
      trafficBackAt: new Date(trafficFrom.getTime() + 60_000),
    });
    const after = (await call(path)).body;
    expect(valueOf(after, 'change-fail-rate')).toEqual([0.5, 4, 0]);
    expect(valueOf(after, 'failed-deployment-recovery-time')).toEqual([
      330, 2, 0,
    ]);

    const rows = async (metric: string) => {
      const answer = await call(
        `/dora/changes?entityRef=${SHOP}&metric=${metric}`,
      );
      return answer.body.items.map(
        ({ deploymentId }: { deploymentId: string }) => deploymentId.slice(-1),
      );
    };
    expect(await rows('deployment-frequency')).toEqual(['D', 'C', 'B', 'A']);
    expect(await rows('change-lead-time')).toEqual(['C', 'B', 'A']);
    expect(await rows('change-fail-rate')).toEqual(['D', 'B']);
    expect(await rows('failed-deployment-recovery-time')).toEqual(['D', 'B']);
    expect(await rows('rework-rate')).toEqual(['C']);
  });

  it('report the period before for comparison, and call unknown what is before anything was known', async () => {
    const { knex, call } = await setUp();
    await historyOf(knex, SHOP, 'A@0 B@60');
    const week = (await call(`/dora?entityRef=${SHOP}&days=7`)).body;
    expect(week.metrics[0]).toMatchObject({
      value: 0,
      cases: 0,
      previous: { cases: 2 },
    });
    expect(week.metrics[2].value).toBeUndefined();
    const quarter = (await call(`/dora?entityRef=${SHOP}&days=90`)).body;
    expect(quarter.bucketDays).toBe(7);
    expect(quarter.buckets[0]).toEqual({ day: expect.any(String) });
    expect(quarter.metrics[0].previous).toEqual({ cases: 0, unknown: 0 });
    const nothing = (await call(`/dora?entityRef=${STUDIO}`)).body;
    expect(nothing).toMatchObject({ entities: 0 });
    expect(nothing.knownSince).toBeUndefined();
  });

  it('sum up what a group owns and what a system is made of, as far as the reader may see it', async () => {
    const { knex, call, denied } = await setUp();
    await historyOf(knex, SHOP, 'A@0 B@60 A@70');
    await historyOf(knex, STUDIO, 'A@5 B@65');
    for (const scope of [
      'ownerRef=group:default/platform',
      'systemRef=system:default/images',
    ]) {
      const { body } = await call(`/dora?${scope}`);
      expect(body.entities).toBe(2);
      expect(valueOf(body, 'change-fail-rate')).toEqual([0.25, 4, 0]);
      const listed: string[] = [];
      let cursor = '';
      do {
        const page = (await call(`/dora/changes?${scope}&limit=3${cursor}`))
          .body;
        for (const { entityRef, deploymentId } of page.items) {
          listed.push(`${entityRef.split('/')[1]} ${deploymentId.slice(-1)}`);
        }
        cursor = page.nextCursor && `&cursor=${page.nextCursor}`;
      } while (cursor);
      expect(listed).toEqual(['studio B', 'shop B', 'studio A', 'shop A']);
    }

    denied.add(SHOP);
    const { body } = await call('/dora?ownerRef=group:default/platform');
    expect(body.entities).toBe(1);
    expect(valueOf(body, 'change-fail-rate')).toEqual([0, 2, 0]);
    const changes = await call(
      '/dora/changes?ownerRef=group:default/platform&metric=change-fail-rate',
    );
    expect(changes.body).toEqual({ items: [] });
    expect(
      (await call('/dora?ownerRef=group:default/idle')).body.entities,
    ).toBe(0);
  });

  it('find nothing that the reader may not see', async () => {
    const { call, denied } = await setUp();
    denied.add(SHOP);
    for (const scope of [
      `entityRef=${SHOP}`,
      'entityRef=component:default/none',
      'ownerRef=group:default/none',
      'systemRef=system:default/none',
    ]) {
      for (const path of ['/dora', '/dora/changes']) {
        const { status, body } = await call(`${path}?${scope}`);
        expect([status, body.error.name]).toEqual([404, 'NotFoundError']);
      }
    }
  });

  it('let nobody in without credentials, and refuse what makes no sense', async () => {
    const { call } = await setUp();
    const one = `entityRef=${SHOP}`;
    for (const path of ['/dora', '/dora/changes']) {
      const { status } = await call(
        `${path}?${one}`,
        mockCredentials.none.header(),
      );
      expect(status).toBe(401);
    }
    for (const path of [
      '/dora',
      `/dora?${one}&ownerRef=group:default/platform`,
      `/dora?${one}&days=31`,
      '/dora?entityRef=::',
      `/dora/changes?${one}&metric=speed`,
      `/dora/changes?${one}&cursor=nonsense`,
      `/dora/changes?${one}&limit=101`,
      `/dora/changes?days=7`,
    ]) {
      const { status, body } = await call(path);
      expect([path, status, body.error.name]).toEqual([
        path,
        400,
        'InputError',
      ]);
    }
  });
});
