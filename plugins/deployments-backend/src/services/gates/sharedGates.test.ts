import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  createRollout,
  createRolloutWith,
  ENTITY_REF,
  startTestGates,
} from './__testUtils__/startTestGates';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const ZOO = 'component:default/zoo';

const zoo: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'zoo', namespace: 'default' },
};

describe('gates of a project of several entities', () => {
  it('stop a rollout by what stops any of them, until the glass is broken for that one', async () => {
    const knex = await databases.init('POSTGRES_18');
    let left = 0;
    const gates = await startTestGates({
      knex,
      users: [zoo],
      sharing: [ZOO],
      slo: {
        listSlos: async ({ entityRef }) => ({
          entityRef,
          items:
            entityRef === ZOO
              ? [{ name: 'fast', budgetRemainingRatio: left } as never]
              : [],
          fileProblems: [],
        }),
      },
      config: {
        deployments: {
          freezeWindows: [
            {
              name: 'Feeding',
              from: '2020-01-01T00:00:00Z',
              to: '2100-01-01T00:00:00Z',
              entities: { refs: [ZOO] },
            },
          ],
        },
      },
    });
    const evaluate = async () => {
      await knex('gate_results').update({ checked_at: new Date(0) });
      return (await gates.evaluate(createRollout())).map(
        ({ gate, state, reason }) => `${gate} ${state}: ${reason}`,
      );
    };
    const stopped = [
      `freeze waiting: '${ZOO}' has the same project. Frozen by 'Feeding' until 2100-01-01 00:00 UTC. Who may override gates can let it through before.`,
      `error-budget waiting: '${ZOO}' has the same project. The error budget of 'fast' is spent. Wait until it has recovered, or override the gate to ship a fix.`,
    ];
    expect(await evaluate()).toEqual(stopped);
    const [freeze] = await knex('gate_results').where({ gate: 'freeze' });
    expect(freeze.public_reason).toBe('Frozen until 2100-01-01 00:00 UTC.');
    const breakGlass = (entityRef: string) =>
      knex('gate_overrides').insert({
        entity_ref: entityRef,
        environment: 'production',
        reason: 'Refunds fail',
        created_by: 'user:default/ana',
        expires_at: new Date(Date.now() + 60_000),
      });
    await breakGlass(ENTITY_REF);
    expect(await evaluate()).toEqual(stopped);
    // What stopped is not taken for the entity's own a moment later either.
    expect(
      (await gates.evaluate(createRollout())).map(({ state }) => state),
    ).toEqual(['waiting', 'waiting']);
    await breakGlass(ZOO);
    expect(await evaluate()).toEqual([
      expect.stringMatching(/^freeze (passed|skipped)/),
      expect.stringMatching(/^error-budget (passed|skipped)/),
    ]);
    await knex('gate_overrides').delete();
    left = 1;
    expect(await evaluate()).toEqual([
      stopped[0],
      expect.stringMatching(/^error-budget passed/),
    ]);
  });

  it('fail a rollout by the findings of any of them, and say whose they are', async () => {
    const knex = await databases.init('POSTGRES_18');
    const held = new Map<string, object[] | 'unknown'>();
    const asked: string[] = [];
    const server = createServer((req, res) => {
      const url = new URL(req.url ?? '', 'http://portal.test');
      const entityRef = url.searchParams.get('entityRef') ?? '';
      asked.push(entityRef);
      const items = held.get(entityRef) ?? [];
      const isUnknown = items === 'unknown';
      res.writeHead(isUnknown ? 404 : 200, {
        'content-type': 'application/json',
      });
      res.end(
        JSON.stringify(
          isUnknown
            ? {
                error: { name: 'NotFoundError', message: 'No such entity' },
                response: { statusCode: 404 },
              }
            : { items },
        ),
      );
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const { port } = server.address() as AddressInfo;
      const sharing: string[] = [];
      const gates = await startTestGates({
        knex,
        sharing,
        portalUrl: `http://127.0.0.1:${port}`,
      });
      const rollout = createRolloutWith(
        { checks: ['security'] },
        { environment: 'staging' },
      );
      const security = async () => (await gates.evaluate(rollout))[0];
      const overdue = {
        overdue: true,
        firstSeenAt: '2020-01-01T00:00:00Z',
        lastSeenAt: '2100-01-01T00:00:00Z',
      };
      held.set(ZOO, [overdue]);
      // What passed for one entity is no word on those that join the project.
      expect(await security()).toMatchObject({ state: 'passed' });
      sharing.push('component:default/ark', ZOO);
      held.set('component:default/ark', 'unknown');
      expect(await security()).toMatchObject({
        state: 'failed',
        reason: `'${ZOO}' has the same project. 1 critical finding is open and new or overdue: see the tab Security. Fix or waive what is there, then roll out again.`,
      });
      const [row] = await knex('gate_results').where({ gate: 'security' });
      expect(row.public_reason).toBe(
        'Findings are in its way; the portal shows them.',
      );
      await knex('gate_results').delete();
      held.delete(ZOO);
      expect(await security()).toMatchObject({
        state: 'waiting',
        reason:
          "'component:default/ark' has the same project. This cannot be checked now: No such entity",
      });
      // Nothing is found of it: it passes, and nobody is asked again.
      held.delete('component:default/ark');
      await knex('gate_results').update({ checked_at: new Date(0) });
      expect(await security()).toMatchObject({
        state: 'passed',
        reason: 'No critical finding is open.',
      });
      asked.length = 0;
      expect(await security()).toMatchObject({ state: 'passed' });
      expect(asked).toEqual([]);
    } finally {
      await new Promise(resolve => {
        server.close(resolve);
        server.closeAllConnections();
      });
    }
  });
});
