import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials, TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import type { Knex } from 'knex';
import {
  createRolloutWith,
  createUser,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const sha = 'a'.repeat(40);

// local-cloud has no Actions, so that GitHub is played here.
describe('ApprovalForwarder', () => {
  let github: Server;
  let host: string;
  let reviews: unknown[];
  let runs: number[];
  let canApprove: boolean;
  let actionsStatus: number;

  function answer(line: string, body: string): [number, unknown] {
    const actions = '/repos/acme/shop/actions/runs';
    switch (line) {
      case `GET /repos/acme/shop/commits/${sha}`:
        return [200, { commit: { message: 'Refund once' } }];
      case `GET ${actions}?head_sha=${sha}&status=waiting&per_page=20`:
        return [actionsStatus, { workflow_runs: runs.map(id => ({ id })) }];
      case `GET ${actions}/7/pending_deployments`:
        return [
          200,
          [
            { environment: { id: 1, name: 'staging' } },
            {
              environment: { id: 2, name: 'Production' },
              current_user_can_approve: canApprove,
            },
          ],
        ];
      case `POST ${actions}/7/pending_deployments`:
        reviews.push(JSON.parse(body));
        return [200, []];
      default:
        return line.includes('/status')
          ? [200, { statuses: [] }]
          : [404, { message: 'Not Found' }];
    }
  }

  beforeAll(async () => {
    github = createServer(async (request, response) => {
      const chunks: Buffer[] = await request.toArray();
      const [status, body] = answer(
        `${request.method} ${request.url}`,
        Buffer.concat(chunks).toString(),
      );
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify(body));
    });
    await new Promise<void>(resolve => {
      github.listen(0, '127.0.0.1', resolve);
    });
    host = `127.0.0.1:${(github.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    github.closeAllConnections();
    await new Promise(resolve => {
      github.close(resolve);
    });
  });

  beforeEach(() => {
    reviews = [];
    runs = [7];
    canApprove = true;
    actionsStatus = 200;
  });

  async function start(knex: Knex) {
    const gates = await startTestGates({
      knex,
      users: [createUser('ana'), createUser('bob', { memberOf: 'shop' })],
      config: {
        integrations: {
          github: [{ host, apiBaseUrl: `http://${host}`, token: 'secret' }],
        },
      },
    });
    const rollout = createRolloutWith(
      { approval: true },
      {
        commit: { sha, url: `http://${host}/acme/shop/commit/${sha}` },
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
        {
          environment_ids: [2],
          state,
          comment: 'By bob in Forkyard.',
        },
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
      actionsStatus = status;
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
