import type { AlertSeverity } from '@forkyard/plugin-incidents-common';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createRolloutsApi } from '../../__testUtils__/createRolloutsApi';
import {
  createDeployment,
  createDeploymentsApi,
  createStatus,
  live,
  preview,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { createDelivery } from '../../__testUtils__/rollouts';
import { DeploymentsContent } from './DeploymentsContent';

const staged = createDeployment({
  externalId: 'dpl_staged',
  environment: 'staging',
  live: true,
  commit: {
    sha: '5a6ed00000000000000000000000000000000000',
    message: 'Stage it',
  },
  createdAt: '2026-11-20T11:00:00.000Z',
});

const production = {
  environment: 'production',
  live,
  url: 'http://image-studio.localhost:4393',
};

/** An entity whose file names staging. */
function render(
  environments = [stagingServing(), production],
  alerts: AlertSeverity[] = [],
) {
  const [{ plan }] = createDelivery().environments.slice(1);
  const api = createDeploymentsApi({
    getEntityStatus: async () => createStatus({ environments }),
    listDeployments: async () => ({ items: [preview, staged, live] }),
    promoteDeployment: async () => ({ ...staged, id: 'vercel:dpl_again' }),
  });
  renderWithDeployments(<DeploymentsContent />, {
    api,
    alerts,
    rollouts: createRolloutsApi({
      getDelivery: async () =>
        createDelivery({
          environments: ['preview', 'staging', 'production'].map(
            environment => ({
              environment,
              plan:
                environment === 'staging'
                  ? { ...plan, deployOn: 'push' as const }
                  : plan,
              from: 'file' as const,
            }),
          ),
        }),
    }),
  });
  return api;
}

function stagingServing() {
  return {
    environment: 'staging',
    live: staged,
    url: 'http://image-studio-env-staging-acme.localhost:4393',
  };
}

async function openPromotion(message: string, name: string) {
  const timeline = await screen.findByRole('region', { name: 'Timeline' });
  const row = (await within(timeline).findByText(message)).closest('li');
  if (!row) throw new Error(`'${message}' is not in a row of the timeline`);
  await userEvent.click(
    within(row).getByRole('button', { name: `Promote ${name}` }),
  );
  return screen.findByRole('dialog');
}

describe('staging on the deployments tab', () => {
  it('shows what it serves and where', async () => {
    render();
    const column = await screen.findByRole('region', { name: 'Staging' });
    expect(within(column).getByText('Stage it')).toBeVisible();
    expect(
      within(column).getByRole('link', { name: /image-studio-env-staging/ }),
    ).toHaveAttribute('href', stagingServing().url);
    await waitFor(() =>
      expect(column).toHaveTextContent(
        'also what is pushed (from forkyard.yaml)',
      ),
    );
  });

  it('is not what an alert of the entity is about, which production is', async () => {
    render(undefined, ['page']);
    const statusOf = async (name: string) =>
      within(await screen.findByRole('region', { name }));
    expect(
      await (await statusOf('Production')).findByText('Failing'),
    ).toBeVisible();
    expect((await statusOf('Staging')).getByText('Serving')).toBeVisible();
    const [answer] = screen.getAllByRole('status');
    expect(answer).toHaveTextContent(
      'FailingProduction serves 3f2c1a9.1 alert is firing.',
    );
    expect(within(answer).getByRole('link')).toHaveAttribute(
      'href',
      '/runbooks',
    );
  });

  it('is shown before anything was deployed there', async () => {
    render([production]);
    const column = await screen.findByRole('region', { name: 'Staging' });
    expect(column).toHaveTextContent('Nothing serves here.');
  });

  it('is the next step of a preview, and may be left out', async () => {
    const api = render();
    let dialog = await openPromotion('Try it', '9ab02e1');
    const choices = await within(dialog).findAllByRole('radio');
    expect(choices.map(choice => choice.getAttribute('value'))).toEqual([
      'staging',
      'production',
    ]);
    expect(choices[0]).toBeChecked();
    expect(dialog).toHaveTextContent(
      "so its commit is built again with staging's settings",
    );
    expect(dialog).toHaveTextContent('What it replaces5a6ed00');
    await userEvent.click(
      within(dialog).getByRole('radio', { name: /^Production/ }),
    );
    dialog = await screen.findByRole('dialog', {
      name: 'Promote 9ab02e1 to production?',
    });
    expect(dialog).toHaveTextContent('What it replaces3f2c1a9');
    expect(dialog).not.toHaveTextContent(/changed/i);
    await userEvent.click(
      within(dialog).getByRole('radio', { name: /^Staging/ }),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Promote 9ab02e1 to staging' }),
    );
    await waitFor(() =>
      expect(api.promoteDeployment).toHaveBeenCalledWith({
        id: preview.id,
        environment: 'staging',
      }),
    );
  });

  it('leads on to production only', async () => {
    const api = render();
    const dialog = await openPromotion('Stage it', '5a6ed00');
    expect(within(dialog).queryByRole('radio')).not.toBeInTheDocument();
    await userEvent.click(
      within(dialog).getByRole('button', {
        name: 'Promote 5a6ed00 to production',
      }),
    );
    await waitFor(() =>
      expect(api.promoteDeployment).toHaveBeenCalledWith({
        id: staged.id,
        environment: 'production',
      }),
    );
  });
});
