import { TestDatabases } from '@backstage/backend-test-utils';
import type { Entity } from '@backstage/catalog-model';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  createRollout,
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
});
