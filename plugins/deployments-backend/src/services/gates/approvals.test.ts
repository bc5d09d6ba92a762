import {
  mockCredentials,
  mockErrorHandler,
  mockServices,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import { actorName, type Rollout } from '@forkyard/plugin-deployments-common';
import express from 'express';
import createPromiseRouter from 'express-promise-router';
import type { Knex } from 'knex';
import request from 'supertest';
import { addGateRoutes } from '../../router/gateRoutes';
import type { HeldDeployment } from '../../database/DeploymentsStore';
import {
  createRollout,
  createRolloutWith,
  createUser,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));

const users = [
  createUser('ana', { email: 'Ana@example.com', login: 'ana-codes' }),
  createUser('ana-admin', { email: 'ana@example.com' }),
  createUser('ana-mobile', { login: 'Ana-Codes', displayName: 'Ana Berg' }),
  createUser('bob', {
    email: 'bob@example.com',
    login: 'bob',
    memberOf: 'shop',
  }),
  createUser('cleo', { memberOf: 'shop' }),
  createUser('dora', { memberOf: 'others' }),
];

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);

async function start(knex: Knex, config = {}) {
  const gates = await startTestGates({ knex, users, config });
  const auditor = mockServices.auditor.mock({
    createEvent: jest.fn(async () => ({
      success: jest.fn(async () => {}),
      fail: jest.fn(async () => {}),
    })),
  });
  const router = createPromiseRouter();
  addGateRoutes(router, {
    ...gates,
    httpAuth: mockServices.httpAuth(),
    auditor,
  });
  const app = express().use(router).use(mockErrorHandler());
  const post = (path: string, body: object, authorization?: string) => {
    const call = request(app).post(path);
    return (
      authorization ? call.set('authorization', authorization) : call
    ).send(body);
  };
  return {
    ...gates,
    auditor,
    post,
    listAwaited: async (user: string, query: object = {}) => {
      const { body } = await request(app)
        .get('/approvals')
        .query(query)
        .set(
          'authorization',
          mockCredentials.user.header(`user:default/${user}`),
        );
      return body.items ?? body;
    },
    /** The entities of all pages, and how many pages there were. */
    listAllAwaited: async (user: string, query: object) => {
      const names: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const { body } = await request(app)
          .get('/approvals')
          .query({ ...query, cursor })
          .set(
            'authorization',
            mockCredentials.user.header(`user:default/${user}`),
          );
        for (const { rolloutId } of body.items) names.push(rolloutId);
        cursor = body.nextCursor;
        pages++;
      } while (cursor);
      return { names, pages };
    },
    /** What the page asks before anything is promoted. */
    askOwnPart: (user: string, query: object = {}) =>
      request(app)
        .get('/approvals/own-part')
        .query({
          entityRef: 'component:default/shop',
          deploymentId: 'memory:two',
          environment: 'production',
          ...query,
        })
        .set(
          'authorization',
          mockCredentials.user.header(`user:default/${user}`),
        ),
    /** What the page of a rollout asks before anything is pressed. */
    askRefusal: async (user: string, id = 'rollout-1') => {
      const { status, body } = await request(app)
        .get(`/rollouts/${id}/approval/refusal`)
        .set(
          'authorization',
          mockCredentials.user.header(`user:default/${user}`),
        );
      return status === 200 ? body.refusal : status;
    },
    decide: (
      user: string,
      body: object = { decision: 'approved' },
      id = 'rollout-1',
    ) =>
      post(
        `/rollouts/${id}/approval`,
        body,
        mockCredentials.user.header(`user:default/${user}`),
      ),
  };
}

/** There is no GitHub here. */
const note =
  'Who wrote the commits since the version that serves is not known: the platform names no commit at GitHub of the new version. An owner approved it.';

const needsApproval = (change: Partial<Rollout> = {}) =>
  createRolloutWith({ approval: true }, change);

describe('approvals', () => {
  it('are listed for everybody but who asks, until somebody decides', async () => {
    const gates = await start(await databases.init('POSTGRES_18'));
    const commit = { sha: 'a'.repeat(40), message: 'Sell more' };
    await gates.evaluate(needsApproval({ commit }));
    await gates.evaluate(createRollout({ id: 'rollout-2' }));
    expect(await gates.listAwaited('ana')).toEqual([]);
    expect(await gates.listAwaited('bob')).toEqual([
      expect.objectContaining({
        rolloutId: 'rollout-1',
        requestedBy: 'user:default/ana',
        commit,
      }),
    ]);
    await gates.decide('bob');
    expect(await gates.listAwaited('cleo')).toEqual([]);
  });

  it('are listed by page, however many wait longer that are not for who asks', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const insert = (prefix: string, entity: string, count: number) =>
      knex('rollout_approvals').insert(
        Array.from({ length: count }, (_, index) => ({
          rollout_id: `${prefix}-${index}`,
          entity_ref: `component:default/${entity}`,
          environment: 'production',
          requested_by: 'user:default/ana',
          // All of a statement are of one moment.
          expires_at: hoursAgo(-1),
        })),
      );
    // The catalog does not know it, so nobody may decide about it.
    await insert('unseen', 'gone', 1200);
    await insert('seen', 'shop', 5);
    const expected = ['seen-0', 'seen-1', 'seen-2', 'seen-3', 'seen-4'];
    const all = await gates.listAllAwaited('bob', { limit: 2 });
    expect(all.names.sort()).toEqual(expected);
    // The first one looked at 1,000 in vain, and said that there is more.
    expect(all.pages).toBe(4);
    expect(await gates.listAllAwaited('bob', { limit: 100 })).toMatchObject({
      names: { length: 5 },
      pages: 2,
    });
    for (const query of [{ cursor: 'x' }, { limit: 0 }]) {
      expect(await gates.listAwaited('bob', query)).toMatchObject({
        error: { name: 'InputError' },
      });
    }
  });

  it('let a rollout through once a second person approved, and keep who and why', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const rollout = needsApproval();
    const [asked] = (await gates.evaluate(rollout)).slice(-1);
    expect(asked).toMatchObject({
      gate: 'approval',
      state: 'waiting',
      reason: expect.stringContaining('somebody else than ana to approve it'),
    });
    await gates.evaluate(rollout);
    expect(gates.sent).toMatchObject([
      {
        recipients: {
          entityRef: 'component:default/shop',
          excludeEntityRef: 'user:default/ana',
        },
        payload: {
          title: 'Approve a rollout of shop to production',
          link: '/catalog/default/component/shop/deployments?rollout=rollout-1',
        },
      },
    ]);

    const comment = 'Watched it on staging';
    const { status, body } = await gates.decide('bob', {
      decision: 'approved',
      comment: ` ${comment} `,
    });
    expect([status, body]).toMatchObject([
      200,
      {
        state: 'approved',
        decidedBy: 'user:default/bob',
        requestedBy: 'user:default/ana',
        comment,
      },
    ]);
    expect(body).not.toHaveProperty('notified');
    expect(gates.stepped).toEqual(['rollout-1']);
    expect(gates.auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'rollout-approve',
        meta: { id: 'rollout-1', comment: ` ${comment} ` },
      }),
    );
    expect(await gates.evaluate(rollout)).toContainEqual(
      expect.objectContaining({
        gate: 'approval',
        state: 'passed',
        reason: `Approved by bob. ${note} Comment: ${comment}`,
      }),
    );
    expect(
      await gates.approvals.listApprovals({ rolloutId: 'rollout-1' }),
    ).toMatchObject([{ state: 'approved', comment, note }]);
    expect(gates.transitions).toEqual([
      {
        to: 'checking',
        percent: 0,
        actor: 'user:default/bob',
        reason: `Approved by bob. ${note}`,
        comment,
      },
    ]);
  });

  it('are refused to who asked and who wrote the commit, under any of their names', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    await gates.evaluate(needsApproval({ id: 'person' }));
    const byPush = (id: string, author: string) =>
      gates.evaluate(
        needsApproval({
          id,
          createdBy: author,
          commit: { sha: 'a'.repeat(40), author },
        }),
      );
    await byPush('login', 'ana-codes');
    await byPush('email', 'ANA@example.com');
    await byPush('hidden', '123+ana-codes@users.noreply.github.com');
    await byPush('name', 'Ana Berg');
    await byPush('called', 'cleo');
    await byPush('strange', 'user: /ana');
    await byPush('posing', 'service:ci');
    await gates.evaluate(
      needsApproval({
        id: 'other',
        createdBy: 'user:default/bob',
        commit: { sha: 'b'.repeat(40), author: 'ana-codes' },
      }),
    );
    const approve = async (user: string, id: string) => {
      // What the page is told beforehand is what comes of it.
      const refusal = await gates.askRefusal(user, id);
      const { status, body } = await gates.decide(user, undefined, id);
      return [status, body.error?.message ?? body.state, refusal];
    };
    const asked = [403, expect.stringContaining('you asked for it'), 'asker'];
    const wrote = [
      403,
      expect.stringContaining('you wrote its commit'),
      'author',
    ];
    for (const user of ['ana', 'ana-admin', 'ana-mobile']) {
      expect(await approve(user, 'person')).toEqual(asked);
      expect(await approve(user, 'login')).toEqual(asked);
      expect(await approve(user, 'email')).toEqual(asked);
      expect(await approve(user, 'hidden')).toEqual(asked);
      expect(await approve(user, 'other')).toEqual(wrote);
    }
    expect(await approve('ana-mobile', 'name')).toEqual(asked);
    expect(await approve('cleo', 'called')).toEqual(asked);
    expect(await approve('bob', 'other')).toEqual(asked);
    expect(await approve('stranger', 'person')).toEqual([
      403,
      expect.stringContaining('is not in the catalog'),
      'stranger',
    ]);
    const events = jest.mocked(gates.auditor.createEvent);
    const [{ value: refused }] = events.mock.results;
    expect((await refused).fail).toHaveBeenCalled();
    // No range of commits is known here, so that owners answer for it.
    expect(await approve('dora', 'posing')).toEqual([
      403,
      `You may not approve rollout 'posing'. Who wrote the commits since the version that serves is not known: the platform names no commit at GitHub of the new version. Only an owner of 'component:default/shop' may approve it then.`,
      'outsider',
    ]);
    // Nothing was decided by all this.
    const approved = [200, 'approved', undefined];
    expect(await approve('bob', 'strange')).toEqual(approved);
    expect(await approve('bob', 'posing')).toEqual(approved);
    expect(await approve('bob', 'person')).toEqual(approved);
    expect(await approve('cleo', 'other')).toEqual(approved);
    expect((await approve('cleo', 'person')).at(-1)).toBe('over');
  });

  it('are announced as refused before anybody asks, to who wrote or pushed the commit', async () => {
    const gates = await start(await databases.init('POSTGRES_18'));
    gates.deployments.set('memory:two', {
      id: 'memory:two',
      entityRef: 'component:default/shop',
      creator: 'BOB',
      commit: { sha: 'a'.repeat(40), author: 'Ana Berg' },
    } as HeldDeployment);
    const partOf = async (user: string) =>
      (await gates.askOwnPart(user)).body.part;
    expect(await partOf('ana-mobile')).toBe('author');
    expect(await partOf('bob')).toBe('pusher');
    expect(await partOf('dora')).toBeUndefined();
    expect(await partOf('nobody')).toBeUndefined();

    const statusOf = async (query: object) =>
      (await gates.askOwnPart('bob', query)).status;
    expect(await statusOf({ deploymentId: 'memory:one' })).toBe(404);
    expect(await statusOf({ entityRef: 'component:default/other' })).toBe(404);
    expect(await statusOf({ entityRef: '::' })).toBe(400);
    gates.denied.add('deployments.deployment.read');
    expect(await statusOf({})).toBe(404);
  });

  it('need the permission, and hide what one may not see', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    await gates.evaluate(needsApproval());
    gates.denied.add('deployments.rollout.approve');
    const refused = await gates.decide('bob');
    expect([refused.status, refused.body.error.message]).toEqual([
      403,
      "You may not approve or reject rollouts of 'component:default/shop'. Its owners may.",
    ]);
    expect(await gates.askRefusal('bob')).toBe('forbidden');
    gates.denied.add('deployments.deployment.read');
    expect(await gates.askRefusal('bob')).toBe(404);
    const hidden = await gates.decide('bob');
    const missing = await gates.decide('bob', undefined, 'rollout-2');
    expect([hidden.status, missing.status]).toEqual([404, 404]);
    expect(hidden.body.error.message.replace('-1', '-2')).toBe(
      missing.body.error.message,
    );
    gates.denied.clear();
    const path = '/rollouts/rollout-1/approval';
    const body = { decision: 'approved' };
    expect(
      (await gates.post(path, body, mockCredentials.none.header())).status,
    ).toBe(401);
    expect(
      (await gates.post(path, body, mockCredentials.service.header())).status,
    ).toBe(403);
    const wrong = await gates.decide('bob', { decision: 'maybe' });
    expect([wrong.status, wrong.body.error.message]).toEqual([
      400,
      expect.stringContaining("'decision'"),
    ]);
  });

  it('expire, with a clear sentence, and cannot be given afterwards', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex, {
      deployments: { approvals: { expiresHours: 2 } },
    });
    const rollout = needsApproval();
    await gates.evaluate(rollout);
    await knex('rollout_approvals').update({
      requested_at: hoursAgo(2),
      expires_at: hoursAgo(0),
    });
    expect(await gates.askRefusal('bob')).toBe('over');
    const late = await gates.decide('bob');
    expect([late.status, late.body.error.message]).toEqual([
      409,
      expect.stringMatching(/has expired at .* Start the rollout again/),
    ]);
    expect(await gates.evaluate(rollout)).toContainEqual(
      expect.objectContaining({
        gate: 'approval',
        state: 'failed',
        reason: expect.stringMatching(
          /^Nobody approved it by 20\d\d-\d\d-\d\d \d\d:\d\d UTC\./,
        ),
      }),
    );
    expect(
      await gates.approvals.listApprovals({ rolloutId: rollout.id }),
    ).toMatchObject([{ state: 'expired' }]);
  });

  it('are decided once when several decide at once, and say who did', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const rollout = needsApproval();
    await gates.evaluate(rollout);
    const answers = await Promise.all([
      gates.decide('bob'),
      gates.decide('cleo', { decision: 'rejected' }),
      gates.decide('bob'),
      gates.decide('cleo'),
    ]);
    const winners = answers.filter(({ status }) => status === 200);
    expect(winners).toHaveLength(1);
    const { state, decidedBy } = winners[0].body;
    const losers = answers.filter(({ status }) => status !== 200);
    expect(
      losers.map(({ status, body }) => [status, body.error.message]),
    ).toEqual(
      Array(3).fill([
        409,
        expect.stringContaining(
          `was already ${state} by ${actorName(decidedBy)} at 20`,
        ),
      ]),
    );
    const twice = await gates.decide('bob');
    expect(twice.status).toBe(409);
  });

  it('end the rollout when rejected, by whomever', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const rollout = needsApproval();
    await gates.evaluate(rollout);
    const rejected = await gates.decide('ana', {
      decision: 'rejected',
      comment: 'Forgot the index',
    });
    expect(rejected.status).toBe(200);
    expect(await gates.evaluate(rollout)).toContainEqual(
      expect.objectContaining({
        gate: 'approval',
        state: 'failed',
        reason: 'Rejected by ana: Forgot the index',
      }),
    );
  });

  it('are not taken for a rollout that has ended', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    await gates.evaluate(needsApproval());
    gates.rollouts.set('rollout-1', needsApproval({ state: 'aborted' }));
    const late = await gates.decide('bob');
    expect([late.status, late.body.error.message]).toEqual([
      409,
      expect.stringContaining('it is aborted'),
    ]);
    await gates.events.publish({
      topic: 'deployments.rollout',
      eventPayload: { rolloutId: 'rollout-1' },
    });
    const [approval] = await gates.approvals.listApprovals({
      rolloutId: 'rollout-1',
    });
    expect(approval.state).toBe('expired');
    expect((await gates.decide('bob')).body.error.message).toContain(
      'it is aborted',
    );
  });

  it('are asked for last, once for each stage, when its time is over', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex, {
      deployments: {
        freezeWindows: [
          {
            name: 'Now',
            from: hoursAgo(1).toISOString(),
            to: hoursAgo(-1).toISOString(),
          },
        ],
      },
    });
    const inStage = createRollout({
      state: 'progressing',
      percent: 10,
      stageIndex: 0,
      stageEndsAt: hoursAgo(-1).toISOString(),
    });
    const approvalOf = async (rollout: Rollout) =>
      (await gates.evaluate(rollout)).find(({ gate }) => gate === 'approval');
    const frozen = await approvalOf(needsApproval());
    expect(frozen?.reason).toContain('when the other gates have passed');
    await gates.post(
      '/gate-overrides',
      {
        entityRef: 'component:default/shop',
        environment: 'production',
        reason: 'Urgent fix',
        minutes: 5,
      },
      mockCredentials.user.header('user:default/bob'),
    );
    expect((await approvalOf(inStage))?.reason).toContain(
      'when the time of the stage is over',
    );
    expect(
      await gates.approvals.listApprovals({ rolloutId: inStage.id }),
    ).toEqual([]);
    const over = { ...inStage, stageEndsAt: hoursAgo(1).toISOString() };
    await approvalOf(needsApproval());
    await approvalOf(over);
    await approvalOf(over);
    expect(
      await gates.approvals.listApprovals({ rolloutId: inStage.id }),
    ).toMatchObject([
      { stageIndex: 0, state: 'pending' },
      { state: 'pending' },
    ]);
    // A decision is about what is asked for now.
    await gates.decide('bob');
    expect((await approvalOf(over))?.state).toBe('passed');
    expect((await approvalOf(needsApproval()))?.state).toBe('waiting');
  });

  it('ask again until the owners could be told', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const rollout = needsApproval();
    gates.notifications.send.mockRejectedValueOnce(new Error('down'));
    await gates.evaluate(rollout);
    expect(gates.sent).toHaveLength(0);
    await gates.evaluate(rollout);
    await gates.evaluate(rollout);
    expect(gates.sent).toHaveLength(1);
  });
});
