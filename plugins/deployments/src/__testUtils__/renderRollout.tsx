import { act, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { RolloutsApi } from '@forkyard/plugin-deployments-common';
import { RolloutView } from '../components/RolloutView';
import type { DeploymentPermissions } from '../hooks/useDeploymentPermissions';
import { createRolloutsApi } from './createRolloutsApi';
import { createDeploymentsApi, entityRef } from './deployments';
import { renderWithDeployments } from './renderWithDeployments';

const everything: DeploymentPermissions = {
  loading: false,
  mayRead: true,
  mayRedeploy: true,
  mayPromote: true,
  maySteer: true,
  mayApprove: true,
  mayBreakGlass: true,
};

/** Renders the rollout that the answers hold, for a reader who may do everything. */
export function renderRollout(
  answers: Partial<RolloutsApi>,
  options: {
    permissions?: Partial<DeploymentPermissions>;
    reader?: string;
    foldsAtEnd?: boolean;
  } = {},
) {
  const rollouts = createRolloutsApi(answers);
  const onChanged = jest.fn();
  renderWithDeployments(
    <RolloutView
      entityRef={entityRef}
      id="rollout-1"
      permissions={{ ...everything, ...options.permissions }}
      foldsAtEnd={options.foldsAtEnd}
      onChanged={onChanged}
    />,
    { api: createDeploymentsApi(), rollouts, reader: options.reader },
  );
  return { rollouts, onChanged };
}

/** Presses buttons while the clock stands still; see {@link letPoll}. */
export function userOfFakeClock() {
  const user = userEvent.setup({ advanceTimers: jest.advanceTimersByTime });
  return {
    ...user,
    press: async (name: string | RegExp) =>
      user.click(await screen.findByRole('button', { name })),
  };
}

/** Lets as much time pass as until the page has looked again. */
export async function letPoll(): Promise<void> {
  await act(async () => {
    await jest.advanceTimersByTimeAsync(3_500);
  });
}
