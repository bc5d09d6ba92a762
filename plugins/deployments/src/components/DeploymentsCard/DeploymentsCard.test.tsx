import { ResponseError } from '@backstage/errors';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  building,
  createDeploymentsApi,
  createStatus,
  failed,
  live,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { DeploymentsCard } from './DeploymentsCard';

describe('the deployments card', () => {
  it('says that it is loading until the first answer', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: () => new Promise<never>(() => {}),
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(await screen.findByText('Loading deployments')).toBeInTheDocument();
    expect(screen.queryByText(/Serving|Unknown/)).not.toBeInTheDocument();
  });

  it('answers what is live, from which commit, by whom and where', async () => {
    const api = createDeploymentsApi();
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(
      await screen.findByText('Production serves 3f2c1a9.'),
    ).toBeInTheDocument();
    expect(screen.getByText('Serving')).toBeInTheDocument();
    expect(screen.queryByText('Healthy')).not.toBeInTheDocument();
    expect(screen.getByText('Fix token refund')).toBeInTheDocument();
    expect(screen.getByText(/^built by ana, live since/)).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: /image-studio\.localhost:4393/ }),
    ).toHaveAttribute('href', 'http://image-studio.localhost:4393');
    expect(api.getEntityStatus).toHaveBeenCalledWith(
      { entityRef: 'component:default/image-studio' },
      expect.anything(),
    );
  });

  it.each([
    [['page'], 'Failing', '1 alert is firing'],
    [['ticket', 'page'], 'Failing', '2 alerts are firing'],
    [['ticket'], 'Degraded', '1 alert is firing'],
  ] as const)(
    'calls nothing well that serves while there fires a %j, and leads to the alerts',
    async (alerts, word, sentence) => {
      const api = createDeploymentsApi();
      renderWithDeployments(<DeploymentsCard />, { api, alerts: [...alerts] });
      expect(await screen.findByText(word)).toBeInTheDocument();
      expect(screen.getByRole('link', { name: sentence })).toHaveAttribute(
        'href',
        '/runbooks',
      );
      expect(screen.getByText('Production serves 3f2c1a9.')).toBeVisible();
      expect(screen.queryByText('Serving')).not.toBeInTheDocument();
    },
  );

  it('leads to the tab with all deployments', async () => {
    renderWithDeployments(<DeploymentsCard />, { api: createDeploymentsApi() });
    expect(
      await screen.findByRole('link', { name: 'All deployments' }),
    ).toHaveAttribute('href', '/deployments');
  });

  it('shows a running deployment beside the one that still serves', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({
          environments: [{ environment: 'production', live, latest: building }],
        }),
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(
      await screen.findByText(
        'c0ffee1 is building for production; 3f2c1a9 serves until it is ready.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('progressbar', { name: 'Progress of c0ffee1' }),
    ).toBeInTheDocument();
    expect(screen.getByText(/the last one took 31 s/)).toBeInTheDocument();
  });

  it('shows a running rollout in a line, and leads to it', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({
          environments: [
            {
              environment: 'production',
              live,
              rollout: {
                id: 'r-1',
                deploymentId: 'vercel:dpl_new',
                strategy: 'canary',
                state: 'progressing',
                percent: 25,
              },
            },
          ],
        }),
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(
      await screen.findByText(
        "Canary 25 %: the new version has 25 % of production's traffic.",
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'Show the rollout' }),
    ).toHaveAttribute('href', '/deployments?rollout=r-1');
  });

  it('calls production degraded when the newest deployment failed', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({
          environments: [{ environment: 'production', live, latest: failed }],
        }),
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(await screen.findByText('Degraded')).toBeInTheDocument();
    expect(
      screen.getByText(
        'The newest deployment, bad0bad, failed; 3f2c1a9 still serves.',
      ),
    ).toBeInTheDocument();
  });

  it('says what will be here while nothing has been deployed', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({ environments: [], asOf: undefined }),
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(
      await screen.findByText('Nothing has been deployed yet'),
    ).toBeInTheDocument();
    expect(
      screen.getByText('The provider has not been asked yet.'),
    ).toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createDeploymentsApi();
    api.getEntityStatus.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithDeployments(<DeploymentsCard />, { api });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Database is gone');
    await userEvent.click(
      within(alert).getByRole('button', { name: 'Try again' }),
    );
    expect(
      await screen.findByText('Production serves 3f2c1a9.'),
    ).toBeInTheDocument();
  });

  it('says whom to ask when the reader may not see deployments', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: () => new Promise<never>(() => {}),
    });
    renderWithDeployments(<DeploymentsCard />, {
      api,
      entityName: 'secret-card',
      denied: ['deployments.deployment.read'],
    });
    expect(
      await screen.findByText('You may not see these deployments'),
    ).toBeInTheDocument();
  });

  it('says no access when the backend refuses', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () => {
        throw await ResponseError.fromResponse(
          new Response('{}', { status: 403, statusText: 'Forbidden' }),
        );
      },
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    expect(
      await screen.findByText('You have no access to this'),
    ).toBeInTheDocument();
  });

  it('says how old stale knowledge is, why, and asks the provider again', async () => {
    const stale = createStatus({
      asOf: new Date(Date.now() - 125_000).toISOString(),
      staleReason: 'Vercel answered 503',
    });
    const api = createDeploymentsApi();
    api.getEntityStatus.mockResolvedValueOnce(stale);
    renderWithDeployments(<DeploymentsCard />, { api });
    const note = await screen.findByRole('alert');
    expect(note).toHaveTextContent(
      'As of 2 min ago. The provider could not be read: Vercel answered 503',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Ask again' }));
    await waitFor(() =>
      expect(screen.getByText(/^As of/)).toHaveTextContent('just now'),
    );
    expect(api.reconcileEntity).toHaveBeenCalledWith({
      entityRef: 'component:default/image-studio',
    });
  });

  it('keeps the stale note and says why when the provider fails again', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({ staleReason: 'Vercel answered 503' }),
      reconcileEntity: async () => {
        throw new Error('Vercel answered 500');
      },
    });
    renderWithDeployments(<DeploymentsCard />, { api });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Ask again' }),
    );
    expect(
      await screen.findByText(/Asked again: Vercel answered 500/),
    ).toBeInTheDocument();
  });
});
