import { NotFoundError, ResponseError } from '@backstage/errors';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type {
  Deployment,
  DeploymentsApi,
  EnvironmentStatus,
  RolloutDetail,
  RolloutsApi,
} from '@forkyard/plugin-deployments-common';
import { createRolloutsApi } from '../../__testUtils__/createRolloutsApi';
import {
  createDeployment,
  createDeploymentsApi,
  createStatus,
  live,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { letPoll, userOfFakeClock } from '../../__testUtils__/renderRollout';
import {
  ago,
  createAbortedRollout,
  createDelivery,
  createRollout,
} from '../../__testUtils__/rollouts';
import { DeploymentsContent } from './DeploymentsContent';

const next = createDeployment({
  externalId: 'dpl_new',
  createdAt: '2026-11-20T15:00:00.000Z',
  commit: {
    sha: '9ab02e1000000000000000000000000000000000',
    message: 'Resize images in a worker',
  },
});

function renderTab(options: {
  rollouts?: Partial<RolloutsApi>;
  deployments?: Partial<DeploymentsApi>;
  production?: Partial<EnvironmentStatus>;
  path?: string;
  denied?: string[];
  entityName?: string;
}) {
  const rollouts = createRolloutsApi(options.rollouts);
  const api = createDeploymentsApi({
    getEntityStatus: async () =>
      createStatus({
        environments: [
          { environment: 'production', live, ...options.production },
        ],
      }),
    listDeployments: async () => ({ items: [next, live] }),
    ...options.deployments,
  });
  renderWithDeployments(<DeploymentsContent />, { ...options, api, rollouts });
  return { rollouts, api };
}

/** Answers as a backend that holds these rollouts. */
function holding(...held: RolloutDetail[]): Partial<RolloutsApi> {
  return {
    listRollouts: async ({ active }) => ({
      items: held.filter(({ endedAt }) => !active || !endedAt),
    }),
    getRollout: async ({ id }) => {
      const found = held.find(rollout => rollout.id === id);
      if (found) return found;
      throw new NotFoundError(`Rollout '${id}' is not known`);
    },
  };
}

async function press(name: string) {
  await userEvent.click(await screen.findByRole('button', { name }));
}

afterEach(() => {
  jest.useRealTimers();
});

describe('rollouts on the tab', () => {
  it('shows the one of now on top, and in a line what waits behind it', async () => {
    renderTab({
      rollouts: holding(
        createRollout(),
        createRollout({
          id: 'rollout-2',
          state: 'queued',
          reason: 'Waits until another has ended.',
          commit: { sha: 'c0ffee1000000000000000000000000000000000' },
        }),
      ),
    });
    const view = await screen.findByRole('region', {
      name: 'Canary of 9ab02e1 to production',
    });
    const production = await screen.findByRole('region', {
      name: 'Production',
    });
    expect(
      view.compareDocumentPosition(production) &
        Node.DOCUMENT_POSITION_FOLLOWING,
    ).toBeTruthy();
    expect(
      screen.getByText(/c0ffee1 is queued for production/),
    ).toBeInTheDocument();
    await press('Open the rollout of c0ffee1');
    const drawer = await screen.findByRole('dialog', { name: 'Rollout' });
    await waitFor(() =>
      expect(drawer).toHaveTextContent('Canary of c0ffee1 to production'),
    );
  });

  it('keeps one open beside the page when it begins there', async () => {
    jest.useFakeTimers();
    const user = userOfFakeClock();
    const waiting = createRollout({ state: 'queued', percent: 0 });
    let held = waiting;
    renderTab({
      rollouts: {
        listRollouts: async () => ({ items: [held] }),
        getRollout: async () => held,
      },
      path: `/?rollout=${waiting.id}`,
    });
    const drawer = await screen.findByRole('dialog', { name: 'Rollout' });
    await within(drawer).findByText('Queued');
    held = createRollout();
    await letPoll();
    expect(
      (await within(drawer).findAllByText('Progressing'))[0],
    ).toBeInTheDocument();
    await user.press('Close the rollout');
    await letPoll();
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
    expect(
      screen.getByRole('region', { name: /^Canary of 9ab02e1/ }),
    ).toBeInTheDocument();
  });

  it('keeps one that ended under the reader until it is put away', async () => {
    jest.useFakeTimers();
    const user = userOfFakeClock();
    let ended = false;
    const { rollouts } = renderTab({ rollouts: holding(createRollout()) });
    rollouts.listRollouts.mockImplementation(async ({ active }) => ({
      items: active && ended ? [] : [createRollout()],
    }));
    rollouts.getRollout.mockImplementation(async () =>
      ended ? createAbortedRollout({ id: 'rollout-1' }) : createRollout(),
    );
    await screen.findByRole('region', { name: /^Canary of 9ab02e1/ });
    ended = true;
    await letPoll();
    const view = screen.getByRole('region', { name: /^Canary of 9ab02e1/ });
    expect(within(view).getByText('Aborted')).toBeInTheDocument();
    await user.press('Done');
    expect(
      screen.queryByRole('region', { name: /^Canary of 9ab02e1/ }),
    ).not.toBeInTheDocument();
  });

  it('opens the past one that the address names, and closes it again', async () => {
    renderTab({
      rollouts: holding(createAbortedRollout()),
      path: '/?rollout=rollout-aborted',
    });
    const drawer = await screen.findByRole('dialog', { name: 'Rollout' });
    expect(
      await within(drawer).findByRole('region', { name: /^Canary of 9ab02e1/ }),
    ).toBeInTheDocument();
    await press('Close the rollout');
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('says so when the address names one that is not known', async () => {
    renderTab({ rollouts: holding(), path: '/?rollout=gone' });
    expect(
      await screen.findByText(/Rollout 'gone' is not known/),
    ).toBeInTheDocument();
  });

  it('does not open beside the page what is on it already', async () => {
    renderTab({
      rollouts: holding(createRollout()),
      path: '/?rollout=rollout-1',
    });
    await screen.findByRole('region', { name: /^Canary of 9ab02e1/ });
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it('says that it does not know whether one runs when that cannot be read', async () => {
    renderTab({
      rollouts: {
        listRollouts: async () => {
          throw new Error('Rollouts are lost');
        },
      },
    });
    expect(
      await screen.findByText(/Whether a rollout runs is not known/),
    ).toBeInTheDocument();
    expect(
      await screen.findByText('The past rollouts could not be loaded'),
    ).toBeInTheDocument();
  });
});

describe('past rollouts', () => {
  it('tell what came of them, and come page by page', async () => {
    const old = createRollout({
      id: 'old',
      state: 'promoted',
      reason: 'Watched for 10 minutes with all traffic.',
      createdAt: ago(90_000),
      endedAt: ago(89_000),
      commit: {
        sha: 'a11ce0f000000000000000000000000000000000',
        message: 'Cache thumbnails',
      },
    });
    renderTab({
      rollouts: {
        listRollouts: async ({ active, cursor }) => {
          if (active) return { items: [] };
          return cursor
            ? { items: [old] }
            : {
                items: [createAbortedRollout({ endedAt: ago(60) })],
                nextCursor: 'page-2',
              };
        },
      },
    });
    const past = await screen.findByRole('region', { name: 'Past rollouts' });
    expect(await within(past).findByText('Aborted')).toBeInTheDocument();
    expect(past).toHaveTextContent(/Last rollout:Aborted1 min ago9ab02e1/);
    await press('Show earlier rollouts');
    await press('Show older rollouts');
    expect(await within(past).findByText('Cache thumbnails')).toBeVisible();
    expect(within(past).getByRole('listitem')).toHaveTextContent(
      /Canary to Production.*by ben. Watched for 10 minutes/,
    );
    expect(
      screen.queryByRole('button', { name: 'Show older rollouts' }),
    ).not.toBeInTheDocument();
  });

  it('stand below the environments in a line, which unfolds to the last one', async () => {
    renderTab({ rollouts: holding(createAbortedRollout()) });
    const past = await screen.findByRole('region', { name: 'Past rollouts' });
    const production = await screen.findByRole('region', {
      name: 'Production',
    });
    expect(
      production.compareDocumentPosition(past) &
        Node.DOCUMENT_POSITION_FOLLOWING,
    ).toBeTruthy();
    expect(screen.queryByRole('region', { name: /^Canary of/ })).toBeNull();
    await press('Show the last rollout');
    expect(
      await within(past).findByRole('region', { name: /^Canary of 9ab02e1/ }),
    ).toHaveTextContent('143 requests of users met the new version');
    await press('Hide the last rollout');
    expect(screen.queryByRole('region', { name: /^Canary of/ })).toBeNull();
  });

  it('say what makes the first one', async () => {
    renderTab({});
    expect(
      await screen.findByText('No rollout has ended yet'),
    ).toBeInTheDocument();
  });
});

describe('rolling production back', () => {
  const before = createDeployment({
    externalId: 'dpl_before',
    liveSince: ago(90_000),
    commit: {
      sha: 'a11ce0f000000000000000000000000000000000',
      message: 'Cache thumbnails',
    },
  });

  it('says to what, what stays, and what holds afterwards, then does it', async () => {
    const { api } = renderTab({
      deployments: { getRollbackTarget: async () => before },
    });
    await press('Roll back Production from 3f2c1a9');
    const dialog = await screen.findByRole('dialog');
    const confirm = await within(dialog).findByRole('button', {
      name: 'Roll back to a11ce0f',
    });
    for (const text of [
      'Environment variables stay',
      'Schema migrations and data stay',
      'cron',
      'new pushes are built but get no traffic until you release it',
    ]) {
      expect(dialog).toHaveTextContent(text);
    }
    await userEvent.click(confirm);
    await waitFor(() =>
      expect(api.rollbackToDeployment).toHaveBeenCalledWith({
        id: 'vercel:dpl_before',
      }),
    );
  });

  const nothingLeft =
    "There is nothing to go back to in 'production' of 'image-studio': redeploy an older commit instead.";
  const refuse = async () => {
    throw await ResponseError.fromResponse(
      Response.json(
        {
          error: { name: 'NotFoundError', message: nothingLeft },
          response: { statusCode: 404 },
        },
        { status: 404 },
      ),
    );
  };

  it('is not offered while there is nothing to go back to, and says why', async () => {
    renderTab({ deployments: { getRollbackTarget: refuse } });
    const name = 'Roll back Production from 3f2c1a9';
    await waitFor(() =>
      expect(screen.getByRole('button', { name })).toHaveAttribute(
        'aria-disabled',
        'true',
      ),
    );
    await userEvent.hover(screen.getByRole('button', { name }));
    expect(await screen.findByRole('tooltip')).toHaveTextContent(nothingLeft);
    await press(name);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });

  it("says in the backend's own words alone when nothing is left meanwhile", async () => {
    const getRollbackTarget = jest
      .fn<Promise<Deployment>, []>(refuse)
      .mockResolvedValueOnce(before);
    const { api } = renderTab({ deployments: { getRollbackTarget } });
    await press('Roll back Production from 3f2c1a9');
    const dialog = await screen.findByRole('dialog');
    expect(await within(dialog).findByText(nothingLeft)).toBeInTheDocument();
    expect(dialog).not.toHaveTextContent(/deleted or renamed|Try again/);
    expect(
      within(dialog).getByRole('button', { name: 'Roll back' }),
    ).toBeDisabled();
    expect(api.rollbackToDeployment).not.toHaveBeenCalled();
  });

  it('says that the version before is not known when the backend fails', async () => {
    const getRollbackTarget = jest
      .fn<Promise<Deployment>, []>()
      .mockResolvedValueOnce(before)
      .mockRejectedValue(new Error('Database is gone'));
    renderTab({ deployments: { getRollbackTarget } });
    await press('Roll back Production from 3f2c1a9');
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText('The version before could not be found'),
    ).toBeInTheDocument();
  });

  it('shows that it is pinned, and releases it to the newest version by a rollout', async () => {
    const started = createRollout();
    let begun = false;
    const { api } = renderTab({
      production: { pinned: { since: ago(900) } },
      rollouts: {
        ...holding(started),
        listRollouts: async () => ({ items: begun ? [started] : [] }),
        getDelivery: async () => createDelivery(),
      },
      deployments: {
        promoteDeployment: async () => {
          begun = true;
          return next;
        },
      },
    });
    expect(await screen.findByText('Pinned by rollback')).toBeInTheDocument();
    await screen.findByText(/10 %, 25 %, 50 %, then all/);
    await press('Release Production');
    const dialog = await screen.findByRole('dialog');
    expect(
      await within(dialog).findByText(/A rollout of 9ab02e1 begins/),
    ).toBeInTheDocument();
    await userEvent.click(
      within(dialog).getByRole('button', {
        name: 'Release production to 9ab02e1',
      }),
    );
    expect(
      await screen.findByRole('region', { name: /^Canary of 9ab02e1/ }),
    ).toBeInTheDocument();
    expect(api.promoteDeployment).toHaveBeenCalledWith({
      id: 'vercel:dpl_new',
      environment: 'production',
    });
    expect(api.listDeployments).toHaveBeenCalledWith(
      expect.objectContaining({ environment: 'production', states: ['ready'] }),
      expect.anything(),
    );
  });

  it('is said to end with the rollout that runs, and offers no second release', async () => {
    const { id, plan, state, percent, deploymentId } = createRollout();
    const rollout = {
      id,
      deploymentId,
      strategy: plan.strategy,
      state,
      percent,
    };
    renderTab({
      production: { pinned: { since: ago(900) }, rollout },
      rollouts: holding(createRollout()),
    });
    expect(
      (await screen.findByText('Pinned by rollback')).parentElement,
    ).toHaveTextContent('until the rollout that runs now is promoted');
    expect(screen.queryByRole('button', { name: /^Release/ })).toBeNull();
  });

  it('is refused with a reason to who may not move the traffic', async () => {
    renderTab({
      entityName: 'not-mine',
      denied: ['deployments.deployment.promote'],
    });
    const button = await screen.findByRole('button', { name: /^Roll back/ });
    await waitFor(() =>
      expect(button).toHaveAccessibleDescription(/You may not move/),
    );
    await userEvent.click(button);
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});

describe('a version that was taken back', () => {
  const createTakenBack = (): Deployment => ({
    ...next,
    lastRollout: {
      id: 'rollout-aborted',
      outcome: 'aborted',
      reason: 'The new version failed 28 of 143 requests.',
      endedAt: ago(600),
      hadTraffic: true,
      met: { requests: 143, errors: 28 },
    },
  });

  it('is not just ready: list, column and promotion say what happened', async () => {
    const bad = createTakenBack();
    renderTab({
      deployments: {
        getEntityStatus: async () =>
          createStatus({
            environments: [{ environment: 'production', live, latest: bad }],
          }),
        listDeployments: async () => ({ items: [bad, live] }),
      },
    });
    const line = /^Taken back 10 min ago: The new version failed 28 of 143/;
    const production = await screen.findByRole('region', {
      name: 'Production',
    });
    const timeline = screen.getByRole('region', { name: 'Timeline' });
    await within(timeline).findByText('Resize images in a worker');
    for (const place of [production, timeline]) {
      expect(within(place).getByText('Taken back')).toBeVisible();
      const said = within(place).getAllByText(/^Taken back/);
      expect(said.at(-1)).toHaveTextContent(line);
    }
    await press('Promote 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent(
      'This version was taken back 10 min ago: 28 of 143 requests failed (20 %)',
    );
  });
});

describe('how an environment is rolled out', () => {
  it('is said with what holds it, and with the mistakes of the file', async () => {
    const delivery = createDelivery();
    const [production] = delivery.environments;
    renderTab({
      rollouts: {
        getDelivery: async () => ({
          ...delivery,
          environments: [
            {
              ...production,
              freeze: { name: 'Friday evening', until: ago(-3_600) },
              override: {
                id: 'o',
                entityRef: delivery.entityRef,
                environment: 'production',
                reason: 'Outage',
                createdBy: 'user:default/ana',
                createdAt: ago(60),
                expiresAt: ago(-600),
              },
            },
          ],
          fileProblems: [{ line: 7, message: 'percent must ascend' }],
        }),
      },
    });
    expect(await screen.findByText(/Frozen by “Friday evening”/)).toBeVisible();
    expect(screen.getByText(/Glass broken by ana/)).toHaveTextContent('Outage');
    expect(screen.getByText('Line 7: percent must ascend.')).toBeVisible();
  });

  it('is said before a promotion, which leads to the rollout that it began', async () => {
    const started = createRollout({ state: 'queued', id: 'begun' });
    let begun = false;
    renderTab({
      rollouts: {
        ...holding(started),
        listRollouts: async () => ({ items: begun ? [started] : [] }),
        getDelivery: async () => createDelivery(),
      },
      deployments: {
        promoteDeployment: async () => {
          begun = true;
          return next;
        },
      },
    });
    await screen.findByText(/10 %, 25 %, 50 %, then all/);
    await press('Promote 9ab02e1');
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('A rollout of 9ab02e1 begins');
    await userEvent.click(
      within(dialog).getByRole('button', {
        name: 'Promote 9ab02e1 to production',
      }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Rollout' }),
    ).toBeInTheDocument();
  });
});
