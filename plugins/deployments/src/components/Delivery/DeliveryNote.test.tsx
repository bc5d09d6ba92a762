import { screen } from '@testing-library/react';
import type { SharedPlan } from '@forkyard/plugin-deployments-common';
import {
  createDeploymentsApi,
  entityRef,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { createDelivery } from '../../__testUtils__/rollouts';
import { DeliveryNote } from './DeliveryNote';

async function render(sharedPlans: SharedPlan[] | undefined) {
  const [production] = createDelivery().environments;
  renderWithDeployments(
    <DeliveryNote
      entityRef={entityRef}
      delivery={{ ...production, sharedPlans }}
    />,
    { api: createDeploymentsApi() },
  );
  const plan = await screen.findByText(/from forkyard.yaml/);
  return plan.parentElement?.textContent ?? '';
}

describe('how an environment is rolled out', () => {
  it('says whose plan holds of a project that several entities have, and leads to those one may see', async () => {
    const said = await render([
      {
        entityRef: 'component:default/ark',
        asks: ['a canary', 'an approval', 'the check ci'],
      },
      { asks: ['blue-green', 'the check ci'] },
      { entityRef, asks: [] },
      { entityRef: 'component:default/zoo' },
    ]);
    expect(said).toMatch(
      /4 entities have this project, and the stricter plan holds: ark asks for a canary, an approval and the check ci; one that you may not see asks for blue-green and the check ci; this one asks for nothing; zoo has a plan that is not known yet, and nothing gets traffic before it is\.$/,
    );
    expect(
      screen.getAllByRole('link').map(link => link.getAttribute('href')),
    ).toEqual([
      '/catalog/default/component/ark',
      '/catalog/default/component/zoo',
    ]);
  });

  it.each([
    ['is of one entity', undefined],
    [
      'has no plan that asks for anything',
      [{ entityRef, asks: [] }, { asks: [] }],
    ],
  ])(
    'says nothing of whose it is when the project %s',
    async (_name, plans) => {
      expect(await render(plans)).toMatch(/\(from forkyard\.yaml\)$/);
    },
  );
});
