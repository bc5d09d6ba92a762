import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { OwnRequests } from '@forkyard/backend-kit';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { ResponseError, ServiceUnavailableError } from '@backstage/errors';
import type {
  Rollout,
  RolloutGateName,
} from '@forkyard/plugin-deployments-common';
import type { EntitySlos, Slo } from '@forkyard/plugin-slo-common';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import type { Knex } from 'knex';
import request from 'supertest';
import type { HeldDeployment } from '../../database/DeploymentsStore';
import { addGateRoutes } from '../../router/gateRoutes';
import {
  createRollout,
  createRolloutWith,
  ENTITY_REF,
  startTestGates,
} from './__testUtils__/startTestGates';
import { formatTime } from './formatTime';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const minutesAgo = (minutes: number) =>
  new Date(Date.now() - minutes * 60_000).toISOString();

const frozenNow = (entities?: object) => ({
  deployments: {
    freezeWindows: [
      {
        name: 'Black Friday',
        from: minutesAgo(60),
        to: '2100-01-01T00:00:00Z',
        ...(entities && { entities }),
      },
    ],
  },
});

const ana = mockCredentials.user('user:default/ana');

function createDeployment(id: string, url?: string): HeldDeployment {
  return {
    id,
    provider: 'memory',
    externalId: id.split(':')[1],
    projectId: 'project',
    entityRef: ENTITY_REF,
    environment: 'production',
    state: 'ready',
    live: false,
    url,
    aliases: [],
    createdAt: minutesAgo(id === 'memory:one' ? 1440 : 5),
    observedAt: minutesAgo(0),
  };
}

function slosWith(...left: (number | undefined)[]): EntitySlos {
  const items = left.map(
    (budgetRemainingRatio, index) =>
      ({ name: `slo-${index}`, title: '', budgetRemainingRatio }) as Slo,
  );
  return { entityRef: ENTITY_REF, items, fileProblems: [] };
}

type PartialAnswer = { body: string; headers?: Record<string, string> };

/** What a plugin answers about an entity that it does not know. */
const unknownEntity = {
  status: 404,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    error: { name: 'NotFoundError', message: 'No such entity' },
    response: { statusCode: 404 },
  }),
};

describe('DefaultRolloutGates', () => {
  let outside: Server;
  let baseUrl: string;
  let answer: (url: string) => {
    status: number;
    body?: string;
    headers?: Record<string, string>;
  };
  let asked: string[];
  let userAgent: string | undefined;

  beforeAll(async () => {
    outside = createServer((req, res) => {
      asked.push(`${req.headers.host} ${req.url}`);
      userAgent = req.headers['user-agent'];
      const { status, body, headers } = answer(req.url ?? '');
      res.writeHead(status, headers).end(body);
    });
    await new Promise<void>(resolve => {
      outside.listen(0, '127.0.0.1', resolve);
    });
    baseUrl = `http://127.0.0.1:${(outside.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    asked = [];
    answer = () => ({ status: 404, body: '{}' });
  });

  afterAll(async () => {
    outside.closeAllConnections();
    await new Promise(resolve => {
      outside.close(resolve);
    });
  });

  const forgetAge = (knex: Knex) =>
    knex('gate_results').update({ checked_at: new Date(0) });

  it('asks what the plan says before any traffic, and less between stages', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await startTestGates({ knex, portalUrl: baseUrl });
    const namesOf = async (rollout: Rollout) =>
      (await gates.evaluate(rollout)).map(({ gate }) => gate);
    const plan = { checks: ['security' as const], approval: true };
    expect(await namesOf(createRolloutWith(plan))).toEqual([
      'security',
      'freeze',
      'error-budget',
      'approval',
    ]);
    expect(
      await namesOf(createRolloutWith(plan, { percent: 10, stageIndex: 0 })),
    ).toEqual(['freeze', 'error-budget', 'approval']);
    expect(
      await namesOf(createRolloutWith(plan, { environment: 'staging' })),
    ).toEqual(['security', 'approval']);
    expect(await namesOf(createRollout({ percent: 100 }))).toEqual([
      'freeze',
      'error-budget',
    ]);
  });

  it('waits while an error budget is spent, lets through what nobody measured, and waits while it cannot be asked', async () => {
    const knex = await databases.init('POSTGRES_18');
    const listSlos = jest.fn(async () => slosWith(0.2, -0.1));
    const gates = await startTestGates({ knex, slo: { listSlos } });
    const budget = async () => {
      await forgetAge(knex);
      const all = await gates.evaluate(createRollout());
      return all.find(({ gate }) => gate === 'error-budget');
    };
    expect(await budget()).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(/^The error budget of 'slo-1' is spent/),
    });
    listSlos.mockRejectedValueOnce(new ServiceUnavailableError('slo is down'));
    expect(await budget()).toMatchObject({
      state: 'waiting',
      reason: 'This cannot be checked now: slo is down',
    });
    const fail = (status: number, { body, headers = {} }: PartialAnswer) =>
      listSlos.mockImplementationOnce(async () => {
        throw await ResponseError.fromResponse(
          new Response(body, { status, headers }),
        );
      });
    fail(404, unknownEntity);
    expect(await budget()).toMatchObject({
      state: 'waiting',
      reason: 'This cannot be checked now: No such entity',
    });
    fail(404, { body: 'Not Found' });
    expect(await budget()).toMatchObject({
      state: 'passed',
      reason: 'The portal has no SLOs, so that no budget holds it.',
    });
    listSlos.mockResolvedValueOnce(slosWith(undefined));
    expect(await budget()).toMatchObject({
      state: 'passed',
      reason: expect.stringContaining('Nothing was measured yet'),
    });
    listSlos.mockResolvedValueOnce(slosWith(0.5, 1));
    expect(await budget()).toMatchObject({ state: 'passed' });
    // It is asked again although it passed, but not at every tick.
    const calls = listSlos.mock.calls.length;
    await gates.evaluate(createRollout());
    expect(listSlos).toHaveBeenCalledTimes(calls);
    expect(await budget()).toMatchObject({ state: 'waiting' });
  });

  it('waits no longer for a gate that hangs while a version has traffic', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await startTestGates({
      knex,
      slo: { listSlos: () => new Promise(() => {}) },
    });
    const rollout = createRollout({ percent: 10, stageIndex: 0 });
    rollout.plan.stages[0].approval = false;
    expect(await gates.evaluate(rollout)).toMatchObject([
      { gate: 'freeze', state: 'passed' },
      {
        gate: 'error-budget',
        state: 'waiting',
        reason: 'This cannot be checked now: There is no answer within 3 s.',
      },
    ]);
  });

  it('freezes whom the calendar names, until the glass is broken', async () => {
    const knex = await databases.init('POSTGRES_18');
    const listSlos = jest.fn(async () => slosWith(0));
    const gates = await startTestGates({
      knex,
      slo: { listSlos },
      config: frozenNow({
        owners: ['group:default/shop'],
        systems: ['system:default/demo'],
        tiers: ['critical'],
      }),
    });
    const where = { entityRef: ENTITY_REF, environment: 'production' };
    const stateOf = async (name: RolloutGateName) =>
      (await gates.evaluate(createRollout())).find(({ gate }) => gate === name);
    expect(await stateOf('freeze')).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining(
        "Frozen by 'Black Friday' until 2100-01-01 00:00 UTC",
      ),
    });
    expect(await gates.freezes.findFreeze(where)).toEqual({
      name: 'Black Friday',
      until: '2100-01-01T00:00:00.000Z',
    });

    const override = await gates.overrides.createOverride(
      { ...where, reason: 'Refunds fail', minutes: 30 },
      { credentials: ana },
    );
    expect(override).toMatchObject({
      createdBy: 'user:default/ana',
      reason: 'Refunds fail',
    });
    expect(
      Date.parse(override.expiresAt) - Date.parse(override.createdAt),
    ).toBe(30 * 60_000);
    for (const name of ['freeze', 'error-budget'] as const) {
      expect(await stateOf(name)).toMatchObject({
        state: 'skipped',
        reason: `Overridden by ana until ${formatTime(override.expiresAt)}: Refunds fail`,
      });
    }
    expect(await gates.overrides.findActive(where)).toEqual(override);
    expect(
      await gates.overrides.findActive({ ...where, environment: 'staging' }),
    ).toBeUndefined();
    expect(gates.sent[0].payload.title).toBe(
      'Freeze and error budget of shop are overridden in production',
    );

    // Where nothing is in the way, nothing is overridden.
    listSlos.mockResolvedValueOnce(slosWith(0.5));
    expect(await stateOf('error-budget')).toMatchObject({
      state: 'passed',
      reason: 'All error budgets have something left.',
    });
    const thawed = await startTestGates({ knex });
    expect(
      await thawed.evaluate(createRollout({ id: 'thawed' })),
    ).toMatchObject([
      { gate: 'freeze', state: 'passed', reason: 'No freeze now.' },
      { gate: 'error-budget', state: 'passed' },
    ]);
    await forgetAge(knex);

    await knex('gate_overrides').update({ expires_at: new Date() });
    for (const name of ['freeze', 'error-budget'] as const) {
      expect(await stateOf(name)).toMatchObject({ state: 'waiting' });
    }
  });

  it('freezes nobody else', async () => {
    const knex = await databases.init('POSTGRES_18');
    for (const entities of [
      { refs: ['component:default/other'] },
      { owners: ['group:default/other'], tiers: ['critical'] },
      { systems: ['system:default/other'] },
      { tiers: ['standard'] },
    ]) {
      const { freezes } = await startTestGates({
        knex,
        config: frozenNow(entities),
      });
      const where = { entityRef: ENTITY_REF, environment: 'production' };
      expect(await freezes.findFreeze(where)).toBeUndefined();
      const stranger = { ...where, entityRef: 'component:default/unknown' };
      await expect(freezes.findFreeze(stranger)).rejects.toThrow(
        'is not in the catalog',
      );
    }
    const { freezes } = await startTestGates({ knex, config: frozenNow() });
    expect(
      await freezes.findFreeze({
        entityRef: ENTITY_REF,
        environment: 'preview',
      }),
    ).toBeUndefined();
  });

  it('breaks the glass only for people who may, with a reason and an end', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await startTestGates({ knex });
    const router = createPromiseRouter();
    const auditor = mockServices.auditor.mock({
      createEvent: jest.fn(async () => ({
        success: async () => {},
        fail: async () => {},
      })),
    });
    addGateRoutes(router, {
      ...gates,
      httpAuth: mockServices.httpAuth(),
      auditor,
    });
    const app = express().use(router).use(mockErrorHandler());
    const good = {
      entityRef: 'Component:shop',
      environment: 'production',
      reason: 'Refunds fail',
      minutes: 30,
    };
    const post = async (
      body: object,
      authorization = mockCredentials.user.header('user:default/ana'),
    ) => {
      const response = await request(app)
        .post('/gate-overrides')
        .set('authorization', authorization)
        .send(body);
      return [response.status, response.body.error?.message ?? response.body];
    };
    expect(await post(good)).toEqual([
      201,
      expect.objectContaining({ entityRef: ENTITY_REF }),
    ]);
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'gate-override',
        meta: { ...good, entityRef: ENTITY_REF },
      }),
    );
    for (const bad of [
      { minutes: 0 },
      { minutes: 241 },
      { minutes: 1.5 },
      { reason: '  ' },
      { entityRef: 'shop' },
    ]) {
      expect(await post({ ...good, ...bad })).toEqual([
        400,
        expect.stringContaining(`'${Object.keys(bad)[0]}'`),
      ]);
    }
    const said = expect.any(String);
    expect(await post(good, mockCredentials.none.header())).toEqual([
      401,
      said,
    ]);
    expect(await post(good, mockCredentials.service.header())).toEqual([
      403,
      said,
    ]);
    expect(
      await post({ ...good, entityRef: 'component:default/unknown' }),
    ).toEqual([404, said]);
    gates.denied.add('deployments.gate.override');
    expect(await post(good)).toEqual([
      403,
      `You may not override the gates of '${ENTITY_REF}'. Its owners may.`,
    ]);
    expect(await knex('gate_overrides')).toHaveLength(1);
  });

  it('tests the new version at its own URL, three times and no more', async () => {
    const knex = await databases.init('POSTGRES_18');
    const config = { forks: { encryptionKey: 'key' } };
    const gates = await startTestGates({ knex, config });
    const port = new URL(baseUrl).port;
    const url = `http://shop-two.localhost:${port}`;
    gates.deployments.set('memory:two', createDeployment('memory:two', url));
    const smoke = async (id: string, smokeTestPath = '/healthz?deep=1') => {
      await forgetAge(knex);
      const [gate] = await gates.evaluate(
        createRolloutWith({ checks: ['smoke-test'], smokeTestPath }, { id }),
      );
      return gate;
    };
    answer = () => ({ status: 500 });
    expect(await smoke('a')).toMatchObject({
      state: 'waiting',
      reason: '/healthz answered 500 instead of 2xx; try 1 of 3.',
    });
    answer = () => ({ status: 302, headers: { location: '/ready' } });
    expect(await smoke('a')).toMatchObject({
      reason: expect.stringContaining('redirects more than 3 times'),
    });
    answer = () => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:1/elsewhere' },
    });
    expect(await smoke('a')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining(
        'it redirects to http://127.0.0.1:1, 3 times',
      ),
    });
    const tries = asked.length;
    answer = () => ({ status: 200 });
    expect(await smoke('a')).toMatchObject({ state: 'failed' });
    expect(asked).toHaveLength(tries);

    expect(await smoke('b')).toMatchObject({
      state: 'passed',
      reason: '/healthz answered 200.',
    });
    expect(asked.at(-1)).toBe(`shop-two.localhost:${port} /healthz?deep=1`);
    const own = new OwnRequests('key');
    expect(own.isOwn(userAgent ?? '', 'shop-two.localhost')).toBe(true);
    answer = () => ({ status: 500 });
    expect(await smoke('b')).toMatchObject({ state: 'passed' });

    answer = path => ({ status: path === '/of-another' ? 500 : 200 });
    const twice = () =>
      gates.evaluate(
        createRolloutWith(
          { checks: ['smoke-test'], otherSmokeTestPaths: ['/of-another'] },
          { id: 'shared' },
        ),
      );
    const reason = '/of-another answered 500 instead of 2xx; try 1 of 3.';
    expect((await twice())[0]).toMatchObject({ state: 'waiting', reason });
    answer = () => ({ status: 200 });
    await forgetAge(knex);
    expect((await twice())[0]).toMatchObject({
      state: 'passed',
      reason: '/healthz answered 200, /of-another answered 200.',
    });

    const before = asked.length;
    expect(await smoke('c', '//127.0.0.1:1/')).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('leads to another host'),
    });
    gates.deployments.set(
      'memory:two',
      createDeployment('memory:two', 'http://shop.example.com'),
    );
    expect(await smoke('d')).toMatchObject({
      reason: expect.stringContaining('neither https nor this machine'),
    });
    gates.deployments.set('memory:two', createDeployment('memory:two'));
    expect(await smoke('e')).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('gives no URL'),
    });
    expect(asked).toHaveLength(before);
  });

  it('fails what has critical findings that are overdue or new, once a scan confirmed them', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await startTestGates({ knex, portalUrl: baseUrl });
    gates.deployments.set('memory:one', createDeployment('memory:one'));
    let items: object[] = [];
    const answerFindings = () => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items }),
    });
    answer = answerFindings;
    const security = async (change: Partial<Rollout> = {}) => {
      await forgetAge(knex);
      await knex('gate_results').delete();
      const [gate] = await gates.evaluate(
        createRolloutWith(
          { checks: ['security'] },
          { createdAt: minutesAgo(3), ...change },
        ),
      );
      return gate;
    };
    const finding = (change: object) => ({
      title: 'Query built from input',
      url: 'https://github.com/acme/shop/security/code-scanning/1',
      overdue: false,
      firstSeenAt: minutesAgo(30 * 1440),
      lastSeenAt: minutesAgo(1),
      ...change,
    });
    expect(await security()).toMatchObject({
      state: 'passed',
      reason: 'No critical finding is open.',
    });
    expect(asked).toEqual([
      expect.stringContaining(
        '/api/security-findings/findings?entityRef=component%3Adefault%2Fshop&state=open&severity=critical',
      ),
    ]);
    items = [finding({})];
    expect(await security()).toMatchObject({
      state: 'passed',
      reason: expect.stringContaining('1 known one has time left'),
    });
    expect(await security({ stableDeploymentId: undefined })).toMatchObject({
      state: 'failed',
    });
    // Found by the first scan of the version that serves, deployed a day ago.
    items = [finding({ firstSeenAt: minutesAgo(1440 - 10) })];
    expect(await security()).toMatchObject({ state: 'passed' });
    items = [finding({ firstSeenAt: minutesAgo(1440 - 20) })];
    expect(await security()).toMatchObject({ state: 'failed' });
    // One that comes with the new version minutes after the old one is new.
    gates.deployments.set('memory:one', {
      ...createDeployment('memory:one'),
      createdAt: minutesAgo(8),
    });
    gates.deployments.set('memory:two', createDeployment('memory:two'));
    items = [finding({ firstSeenAt: minutesAgo(6) })];
    expect(await security()).toMatchObject({ state: 'passed' });
    items = [finding({ firstSeenAt: minutesAgo(2) })];
    // Who may see deployments may not see what can be broken, and where.
    expect(await security()).toEqual({
      gate: 'security',
      state: 'failed',
      reason: expect.stringMatching(/^1 critical finding is open and new/),
      checkedAt: expect.any(String),
      url: undefined,
    });
    items = [finding({ overdue: true })];
    expect(await security()).toMatchObject({ state: 'failed' });
    // The commit may be the very fix, which no scan has seen yet.
    items = [finding({ overdue: true, lastSeenAt: minutesAgo(4) })];
    expect(await security()).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('Waiting for a scan'),
    });
    expect(await security({ createdAt: minutesAgo(16) })).toMatchObject({
      state: 'failed',
    });
    answer = () => ({ status: 503, body: 'down' });
    expect(await security()).toMatchObject({ state: 'waiting' });
    answer = () => ({ status: 404, body: 'Not Found' });
    expect(await security()).toMatchObject({
      state: 'skipped',
      reason: 'The portal has no security findings.',
    });
    // The plugin is there, and does not know what it is asked for.
    answer = () => unknownEntity;
    expect(await security()).toMatchObject({
      state: 'waiting',
      reason: 'This cannot be checked now: No such entity',
    });
  });
});
