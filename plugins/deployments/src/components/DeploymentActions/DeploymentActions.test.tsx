import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  EntityDelivery,
  RolloutPlan,
  RolloutsApi,
} from '@forkyard/plugin-deployments-common';
import { createRolloutsApi } from '../../__testUtils__/createRolloutsApi';
import {
  createDeployment,
  createDeploymentsApi,
  live,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { ago, createDelivery } from '../../__testUtils__/rollouts';
import { DeploymentActions } from './DeploymentActions';

const commit = { sha: '5a6ed00000000000000000000000000000000000' };
const staged = createDeployment({
  externalId: 'dpl_staged',
  environment: 'staging',
  commit,
});
const takenBack = createDeployment({
  externalId: 'dpl_bad',
  commit,
  createdAt: '2026-11-20T15:00:00.000Z',
  lastRollout: {
    id: 'rollout-1',
    outcome: 'aborted',
    reason: 'The new version failed 24 of 64 requests.',
    endedAt: ago(600),
    hadTraffic: true,
    met: { requests: 71, errors: 27 },
  },
});

/** Opens the promotion of what is in staging, with these builds in production. */
async function openPromotion(
  serving = live,
  options: { delivery?: EntityDelivery; rollouts?: RolloutsApi } = {},
) {
  const api = createDeploymentsApi({
    listDeployments: async ({ environment }) => ({
      items: environment === 'production' ? [takenBack, live] : [staged],
    }),
  });
  renderWithDeployments(
    <DeploymentActions
      deployment={staged}
      environments={[{ environment: 'production', live: serving }]}
      delivery={options.delivery ?? createDelivery()}
      permissions={{
        loading: false,
        mayRead: true,
        mayRedeploy: true,
        mayPromote: true,
        maySteer: true,
        mayApprove: true,
        mayBreakGlass: true,
      }}
      onShowLog={jest.fn()}
      onChanged={jest.fn()}
      onRollout={jest.fn()}
    />,
    { api, rollouts: options.rollouts },
  );
  await userEvent.click(
    await screen.findByRole('button', { name: 'Promote 5a6ed00' }),
  );
  const dialog = await screen.findByRole('dialog', {
    name: 'Promote 5a6ed00 to production?',
  });
  return { api, dialog };
}

describe('promoting what is in staging', () => {
  it('warns that production took back another build of its commit', async () => {
    const { dialog } = await openPromotion();
    expect(
      await screen.findByText(/^Another build of 5a6ed00 was taken back/),
    ).toHaveTextContent('27 of 71 requests failed (38 %) in the end');
    expect(dialog).toHaveTextContent(
      'The new version failed 24 of 64 requests. Promoting sends users to the same code again.',
    );
  });

  it('says that its commit is live already', async () => {
    const { dialog } = await openPromotion({ ...live, commit });
    expect(dialog).toHaveTextContent('This commit is live already');
    expect(dialog).not.toHaveTextContent('roll production back');
    expect(dialog).not.toHaveTextContent('taken back');
  });

  it('says beforehand that somebody else must approve it and why the reader cannot, and can be asked for', async () => {
    const rollouts = createRolloutsApi({
      getOwnPart: async () => ({ part: 'pusher' }),
    });
    const { api, dialog } = await openPromotion(live, {
      delivery: deliveryWith({ approval: true }),
      rollouts,
    });
    const note = within(dialog).getByRole('note');
    await waitFor(() =>
      expect(note).toHaveTextContent(
        'Somebody else of platform or cleo must approve this before it gets any traffic; you cannot, because you pushed 5a6ed00. Promoting asks them.',
      ),
    );
    expect(rollouts.getOwnPart).toHaveBeenCalledWith(
      {
        entityRef: staged.entityRef,
        deploymentId: staged.id,
        environment: 'production',
      },
      expect.anything(),
    );
    await userEvent.click(
      within(dialog).getByRole('button', {
        name: 'Promote 5a6ed00 to production',
      }),
    );
    expect(api.promoteDeployment).toHaveBeenCalledTimes(1);
  });

  it('knows that who asks cannot approve a later stage, even when nothing else can be asked', async () => {
    const { dialog } = await openPromotion(live, {
      delivery: deliveryWith({
        approval: false,
        stages: [
          { percent: 5, minutes: 5, approval: false },
          { percent: 25, minutes: 5, approval: true },
        ],
      }),
      rollouts: createRolloutsApi({
        getOwnPart: async () => {
          throw new Error('down');
        },
      }),
    });
    expect(within(dialog).getByRole('note')).toHaveTextContent(
      'must approve this before it gets more than 25 % of the traffic; you cannot, because you ask for it.',
    );
  });

  it('asks for nobody where the plan does not', async () => {
    const rollouts = createRolloutsApi();
    const { dialog } = await openPromotion(live, {
      delivery: deliveryWith({ approval: false, stages: [] }),
      rollouts,
    });
    expect(within(dialog).queryByRole('note')).not.toBeInTheDocument();
    expect(rollouts.getOwnPart).not.toHaveBeenCalled();
  });
});

/** Production is rolled out by this plan. */
function deliveryWith(plan: Partial<RolloutPlan>): EntityDelivery {
  const { environments, ...delivery } = createDelivery();
  return {
    ...delivery,
    environments: environments.map(each =>
      each.environment === 'production'
        ? { ...each, plan: { ...each.plan, ...plan } }
        : each,
    ),
  };
}
