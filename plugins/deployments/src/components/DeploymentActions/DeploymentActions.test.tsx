import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
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
async function openPromotion(serving = live) {
  const api = createDeploymentsApi({
    listDeployments: async ({ environment }) => ({
      items: environment === 'production' ? [takenBack, live] : [staged],
    }),
  });
  renderWithDeployments(
    <DeploymentActions
      deployment={staged}
      environments={[{ environment: 'production', live: serving }]}
      delivery={createDelivery()}
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
    { api },
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
});
