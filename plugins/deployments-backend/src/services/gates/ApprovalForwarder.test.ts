import {
  mockCredentials,
  registerMswTestHooks,
  TestDatabases,
} from '@backstage/backend-test-utils';
import type { Knex } from 'knex';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import {
  createRolloutWith,
  createUser,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });
const sha = 'a'.repeat(40);
const api = 'http://github.test/repos/acme/shop';

describe('ApprovalForwarder', () => {
  const server = setupServer();
  registerMswTestHooks(server);
  let reviews: unknown[];
  let runs: number[];
  let canApprove: boolean;

  beforeEach(() => {
    reviews = [];
    runs = [7];
    canApprove = true;
    server.use(
      http.get(`${api}/commits/${sha}`, () =>
        HttpResponse.json({ commit: { message: 'Refund once' } }),
      ),
      http.get(`${api}/commits/${sha}/status`, () =>
        HttpResponse.json({ statuses: [] }),
      ),
      http.post(`${api}/statuses/${sha}`, () =>
        HttpResponse.json({}, { status: 201 }),
      ),
      http.get(`${api}/actions/runs`, ({ request: { url } }) => {
        const { searchParams } = new URL(url);
        expect(searchParams.get('head_sha')).toBe(sha);
        expect(searchParams.get('status')).toBe('waiting');
        return HttpResponse.json({ workflow_runs: runs.map(id => ({ id })) });
      }),
      http.get(`${api}/actions/runs/:run/pending_deployments`, () =>
        HttpResponse.json([
          { environment: { id: 1, name: 'staging' } },
          {
            environment: { id: 2, name: 'Production' },
            current_user_can_approve: canApprove,
          },
        ]),
      ),
      http.post(
        `${api}/actions/runs/:run/pending_deployments`,
        async ({ params, request }) => {
          reviews.push([params.run, await request.json()]);
          return HttpResponse.json([]);
        },
      ),
    );
  });

  async function start(knex: Knex) {
    const gates = await startTestGates({
      knex,
      users: [createUser('ana'), createUser('bob')],
      config: {
        integrations: {
          github: [
            {
              host: 'github.test',
              apiBaseUrl: 'http://github.test',
              token: 'secret',
            },
          ],
        },
      },
    });
    const rollout = createRolloutWith(
      { approval: true },
      {
        commit: { sha, url: `http://github.test/acme/shop/commit/${sha}` },
      },
    );
    await gates.evaluate(rollout);
    return {
      ...gates,
      tick: () => gates.evaluate(rollout),
      decide: (decision: 'approved' | 'rejected') =>
        gates.approvals.decideApproval(
          { rolloutId: rollout.id, decision, comment: 'Seen it' },
          { credentials: mockCredentials.user('user:default/bob') },
        ),
    };
  }

  it.each(['approved', 'rejected'] as const)(
    'answers what waits at GitHub for the same environment, once: %s',
    async state => {
      const gates = await start(await databases.init('POSTGRES_18'));
      await gates.decide(state);
      await gates.tick();
      expect(reviews).toEqual([
        [
          '7',
          {
            environment_ids: [2],
            state,
            comment: 'By user:default/bob in Forkyard: Seen it',
          },
        ],
      ]);
    },
  );

  it('answers later what begins to wait later, or could not be answered', async () => {
    const knex = await databases.init('POSTGRES_18');
    const gates = await start(knex);
    const again = async () => {
      await knex('rollout_approvals').update({ forward_after: new Date(0) });
      await gates.tick();
    };
    runs = [];
    await gates.decide('approved');
    runs = [7];
    canApprove = false;
    await gates.tick();
    expect(gates.logger.warn).not.toHaveBeenCalled();
    await again();
    expect(gates.logger.warn).toHaveBeenCalledWith(
      expect.stringContaining('to its required reviewers'),
    );
    canApprove = true;
    await again();
    expect(reviews).toHaveLength(1);
    await again();
    expect(reviews).toHaveLength(1);
  });

  it('lets the approval count although GitHub has no Actions or is in trouble', async () => {
    for (const status of [404, 503]) {
      const knex = await databases.init('POSTGRES_18');
      const gates = await start(knex);
      server.use(
        http.get(`${api}/actions/runs`, () =>
          HttpResponse.json({ message: 'no' }, { status }),
        ),
      );
      await expect(gates.decide('approved')).resolves.toMatchObject({
        state: 'approved',
      });
      expect(await gates.tick()).toContainEqual(
        expect.objectContaining({ gate: 'approval', state: 'passed' }),
      );
      expect(reviews).toEqual([]);
    }
  });
});
