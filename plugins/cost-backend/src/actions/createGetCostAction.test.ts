import { mockCredentials } from '@backstage/backend-test-utils';
import { actionsRegistryServiceMock } from '@backstage/backend-test-utils/alpha';
import { NotFoundError } from '@backstage/errors';
import type { EntityCost } from '@forkyard/plugin-cost-common';
import type { CostService } from '../services/CostService';
import { createGetCostAction } from './createGetCostAction';

const entityRef = 'component:default/shop';

const cost: EntityCost = {
  entityRef,
  currency: 'USD',
  month: '2026-11',
  monthToDate: '12.404',
  forecast: {
    known: true,
    amount: '60.00',
    low: '55.00',
    high: '65.00',
    basisDays: 7,
  },
  budget: '50',
  byService: [{ service: 'Edge Requests', amount: '12.404' }],
  unitCost: { known: false, reason: 'There were no requests this month.' },
  anomalies: [{ day: '2026-11-17', amount: '4.1', usual: '0.90' }],
  otherCurrencies: [],
  asOf: '2026-11-21T10:00:00.000Z',
};

describe('get-cost', () => {
  const actionsRegistry = actionsRegistryServiceMock();
  const getEntityCost = jest.fn(async (): Promise<EntityCost> => cost);
  createGetCostAction({
    actionsRegistry,
    service: { getEntityCost } as Partial<CostService> as CostService,
  });
  const credentials = mockCredentials.user();
  const call = (ref: string) =>
    actionsRegistry.invoke({
      id: 'test:get-cost',
      input: { entityRef: ref },
      credentials,
    });

  it('tells what an entity costs and how that stands to its budget, on behalf of the caller', async () => {
    const { output } = await call('Component:default/Shop');
    expect(output).toEqual({ ...cost, budgetStanding: 'forecast-over' });
    expect(getEntityCost).toHaveBeenCalledWith({ entityRef }, { credentials });
  });

  it('leaves out what is unknown', async () => {
    getEntityCost.mockResolvedValueOnce({
      ...cost,
      monthToDate: undefined,
      forecast: { known: false, reason: 'No days yet.' },
    });
    const { output } = await call(entityRef);
    expect(output).not.toHaveProperty('monthToDate', expect.anything());
    expect(output).not.toHaveProperty('budgetStanding', expect.anything());
  });

  it('refuses what is no reference, and what the caller may not see', async () => {
    await expect(call('::')).rejects.toThrow("'::' is no entity reference");
    getEntityCost.mockRejectedValueOnce(new NotFoundError('You may not see'));
    await expect(call(entityRef)).rejects.toThrow('You may not see');
  });
});
