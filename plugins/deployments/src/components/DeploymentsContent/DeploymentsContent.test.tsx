import { ConflictError } from '@backstage/errors';
import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import {
  building,
  createDeployment,
  createDeploymentsApi,
  createStatus,
  failed,
  live,
  preview,
} from '../../__testUtils__/deployments';
import { letPoll, userOfFakeClock } from '../../__testUtils__/renderRollout';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { DeploymentsContent } from './DeploymentsContent';

const full = createStatus({
  environments: [
    { environment: 'preview', live: preview, url: preview.url },
    {
      environment: 'production',
      live,
      latest: failed,
      url: 'http://image-studio.localhost:4393',
    },
  ],
});

function createFullApi() {
  return createDeploymentsApi({
    getEntityStatus: async () => full,
    listDeployments: async () => ({ items: [failed, preview, live] }),
  });
}

async function findRow(text: string) {
  const timeline = await screen.findByRole('region', { name: 'Timeline' });
  const row = (await within(timeline).findByText(text)).closest('li');
  if (!row) throw new Error(`'${text}' is not in a row of the timeline`);
  return within(row);
}

describe('the deployments tab', () => {
  it('says that it is loading until the first answer', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: () => new Promise<never>(() => {}),
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    expect(await screen.findByText('Loading deployments')).toBeInTheDocument();
  });

  it('shows the environments with what is live, production first', async () => {
    renderWithDeployments(<DeploymentsContent />, { api: createFullApi() });
    const production = await screen.findByRole('region', {
      name: 'Production',
    });
    expect(within(production).getByText('Degraded')).toBeInTheDocument();
    expect(within(production).getByText('Fix token refund')).toBeVisible();
    expect(
      within(production).getByText('Command "npm run build" exited with 1'),
    ).toBeVisible();
    const columns = screen
      .getAllByRole('heading', { level: 3 })
      .map(({ textContent }) => textContent);
    expect(columns.indexOf('Production')).toBeLessThan(
      columns.indexOf('Preview'),
    );
  });

  it('shows the newest preview with its URL, and claims no status of previews together', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () =>
        createStatus({
          environments: [
            { environment: 'production', live },
            {
              environment: 'preview',
              latest: { ...preview, live: false },
            },
          ],
        }),
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    const column = within(
      await screen.findByRole('region', { name: 'Preview' }),
    );
    expect(column.getByText('Ready')).toBeInTheDocument();
    expect(
      column.getByRole('link', { name: /dpl_preview\.localhost:4393/ }),
    ).toHaveAttribute('href', preview.url);
    expect(
      column.queryByText(/Unknown|Nothing serves/),
    ).not.toBeInTheDocument();
  });

  it('calls what deployments tell serving, not healthy', async () => {
    renderWithDeployments(<DeploymentsContent />, {
      api: createDeploymentsApi(),
    });
    const answer = await screen.findByText('Production serves 3f2c1a9.');
    expect(answer.closest('[role=status]')).toHaveTextContent(/^Serving/);
    expect(screen.getAllByText('Serving')).toHaveLength(2);
    expect(screen.queryByText('Healthy')).not.toBeInTheDocument();
  });

  it('lists the deployments with author, time and build time', async () => {
    renderWithDeployments(<DeploymentsContent />, { api: createFullApi() });
    const row = await findRow('Fix token refund');
    expect(row.getByText('Ready')).toBeInTheDocument();
    expect(row.getByText('Live')).toBeInTheDocument();
    expect(row.getByText(/by ana/)).toBeInTheDocument();
    expect(row.getByText('built in 31 s')).toBeInTheDocument();
  });

  it('offers no address that a browser must not be sent to', async () => {
    const odd = createDeployment({
      externalId: 'dpl_odd',
      url: 'data:text/html,x',
    });
    const api = createDeploymentsApi({
      listDeployments: async () => ({ items: [odd] }),
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Fix token refund');
    expect(row.queryByText('Open URL')).not.toBeInTheDocument();
  });

  it('says what makes the first deployment when there is none', async () => {
    const api = createDeploymentsApi({
      getEntityStatus: async () => createStatus({ environments: [] }),
      listDeployments: async () => ({ items: [] }),
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    expect(await screen.findByText('No deployment yet')).toBeInTheDocument();
    expect(screen.getByText('Unknown')).toBeInTheDocument();
  });

  it('shows the error of the status and loads on request', async () => {
    const api = createFullApi();
    api.getEntityStatus.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithDeployments(<DeploymentsContent />, { api });
    expect(await screen.findByText(/Database is gone/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByRole('region', { name: 'Production' }),
    ).toBeInTheDocument();
  });

  it('shows the error of the list beside the environments', async () => {
    const api = createFullApi();
    api.listDeployments.mockRejectedValueOnce(new Error('Cursor is broken'));
    renderWithDeployments(<DeploymentsContent />, { api });
    expect(await screen.findByText(/Cursor is broken/)).toBeInTheDocument();
    expect(
      await screen.findByRole('region', { name: 'Production' }),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await findRow('Fix token refund');
  });

  it('says whom to ask when the reader may not see deployments', async () => {
    renderWithDeployments(<DeploymentsContent />, {
      api: createFullApi(),
      entityName: 'secret-tab',
      denied: ['deployments.deployment.read'],
    });
    expect(
      await screen.findByText('You may not see these deployments'),
    ).toBeInTheDocument();
  });

  it('narrows the list by environment and state, and clears it again', async () => {
    const api = createFullApi();
    api.listDeployments.mockImplementation(async ({ environment, states }) => ({
      items: [failed, preview, live].filter(
        deployment =>
          (!environment || deployment.environment === environment) &&
          (!states || states.includes(deployment.state)),
      ),
    }));
    renderWithDeployments(<DeploymentsContent />, { api });
    await findRow('Fix token refund');
    await userEvent.click(screen.getByLabelText('State'));
    await userEvent.click(screen.getByRole('option', { name: 'Failed' }));
    await findRow('Break it');
    await waitFor(() =>
      expect(screen.queryByText('built in 31 s')).not.toBeInTheDocument(),
    );
    await userEvent.click(screen.getByLabelText('Environment'));
    await userEvent.click(screen.getByRole('option', { name: 'Preview' }));
    expect(await screen.findByText('No deployment matches')).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear the filter' }),
    );
    await findRow('Fix token refund');
  });

  it('reads the filter from the address', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, {
      api,
      path: '/?environment=staging&state=failed',
    });
    await screen.findByRole('region', { name: 'Timeline' });
    await waitFor(() =>
      expect(api.listDeployments).toHaveBeenCalledWith(
        expect.objectContaining({ environment: 'staging', states: ['failed'] }),
        expect.anything(),
      ),
    );
  });

  it('adds older deployments on request, and says when that fails', async () => {
    const old = createDeployment({
      externalId: 'dpl_old',
      createdAt: '2026-11-01T10:00:00.000Z',
      commit: {
        sha: '0dd0dd0000000000000000000000000000000000',
        message: 'The beginning',
      },
    });
    let failing = true;
    const api = createFullApi();
    api.listDeployments.mockImplementation(async ({ cursor }) => {
      if (!cursor) return { items: [live], nextCursor: 'page-2' };
      if (!failing) return { items: [old] };
      failing = false;
      throw new Error('Page 2 is lost');
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    await findRow('Fix token refund');
    await userEvent.click(screen.getByRole('button', { name: 'Show older' }));
    expect(await screen.findByText(/Page 2 is lost/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await findRow('The beginning');
    await findRow('Fix token refund');
    expect(
      screen.queryByRole('button', { name: 'Show older' }),
    ).not.toBeInTheDocument();
    expect(api.listDeployments).toHaveBeenCalledWith(
      expect.objectContaining({ cursor: 'page-2' }),
    );
  });

  it('adds no older page of a filter that was left meanwhile', async () => {
    let arrive = (_: { items: Deployment[]; nextCursor: string }) => {};
    const older = new Promise<{ items: Deployment[]; nextCursor: string }>(
      resolve => (arrive = resolve),
    );
    const api = createFullApi();
    api.listDeployments.mockImplementation(async ({ cursor, states }) => {
      if (cursor) return older;
      return states
        ? { items: [failed] }
        : { items: [live], nextCursor: 'page-2' };
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    await findRow('Fix token refund');
    await userEvent.click(screen.getByRole('button', { name: 'Show older' }));
    await userEvent.click(screen.getByLabelText('State'));
    await userEvent.click(screen.getByRole('option', { name: 'Failed' }));
    await findRow('Break it');
    await act(async () => arrive({ items: [preview], nextCursor: 'page-3' }));
    const timeline = screen.getByRole('region', { name: 'Timeline' });
    expect(within(timeline).getAllByRole('listitem')).toHaveLength(1);
    expect(
      screen.queryByRole('button', { name: 'Show older' }),
    ).not.toBeInTheDocument();
  });
});

describe('live updates of the tab', () => {
  afterEach(() => jest.useRealTimers());

  it('holds new deployments back until asked, and changes known ones in place', async () => {
    jest.useFakeTimers();
    const user = userOfFakeClock();
    let items: Deployment[] = [building, live];
    const api = createFullApi();
    api.getEntityStatus.mockImplementation(async () =>
      createStatus({ staleReason: 'Vercel answered 503' }),
    );
    api.listDeployments.mockImplementation(async () => ({ items }));
    renderWithDeployments(<DeploymentsContent />, { api });
    expect(
      (await findRow('New tab')).getByText('Building'),
    ).toBeInTheDocument();
    const newer = createDeployment({
      externalId: 'dpl_newer',
      createdAt: '2026-11-20T15:00:00.000Z',
      commit: {
        sha: 'feed000000000000000000000000000000000000',
        message: 'Came later',
      },
    });
    items = [newer, { ...building, state: 'ready' }, live];
    await letPoll();
    expect((await findRow('New tab')).getByText('Ready')).toBeInTheDocument();
    expect(screen.queryByText('Came later')).not.toBeInTheDocument();
    await user.press('Show 1 new deployment');
    await findRow('Came later');
  });
});

describe('actions of the tab', () => {
  it('opens the build log beside the page and closes it again', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Break it');
    await userEvent.click(
      row.getByRole('button', { name: 'Build log of bad0bad' }),
    );
    await screen.findByRole('dialog', { name: 'Build log of bad0bad' });
    expect(api.streamBuildLog.mock.calls[0][0].id).toBe('vercel:dpl_failed');
    await userEvent.click(
      screen.getByRole('button', { name: 'Close the build log' }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
  });

  it('opens the build log of the newest deployment from its environment', async () => {
    renderWithDeployments(<DeploymentsContent />, { api: createFullApi() });
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Build log of the newest, bad0bad',
      }),
    );
    expect(
      await screen.findByRole('dialog', { name: 'Build log of bad0bad' }),
    ).toBeInTheDocument();
  });

  it('asks the provider again when what is known is stale', async () => {
    const api = createFullApi();
    api.getEntityStatus.mockResolvedValueOnce({
      ...full,
      staleReason: 'Vercel answered 503',
    });
    renderWithDeployments(<DeploymentsContent />, { api });
    await userEvent.click(
      await screen.findByRole('button', { name: 'Ask again' }),
    );
    await waitFor(() =>
      expect(screen.queryByText(/Vercel answered 503/)).not.toBeInTheDocument(),
    );
    expect(api.reconcileEntity).toHaveBeenCalledTimes(1);
  });

  it('promotes after saying what will happen, to what, and what stays', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Try it');
    await userEvent.click(row.getByRole('button', { name: 'Promote 9ab02e1' }));
    const dialog = await screen.findByRole('dialog', {
      name: 'Promote 9ab02e1 to production?',
    });
    expect(dialog).toHaveTextContent('http://image-studio.localhost:4393');
    expect(dialog).toHaveTextContent('What it replaces3f2c1a9');
    expect(dialog).toHaveTextContent('Database migrations and data');
    expect(dialog).toHaveTextContent(
      'To go back, roll production back to 3f2c1a9.',
    );
    expect(api.promoteDeployment).not.toHaveBeenCalled();
    await userEvent.click(
      within(dialog).getByRole('button', {
        name: 'Promote 9ab02e1 to production',
      }),
    );
    await waitFor(() =>
      expect(
        screen.queryByRole('dialog', { name: /Promote/ }),
      ).not.toBeInTheDocument(),
    );
    expect(api.promoteDeployment).toHaveBeenCalledWith({
      id: 'vercel:dpl_preview',
      environment: 'production',
    });
    expect(api.getEntityStatus.mock.calls.length).toBeGreaterThan(1);
  });

  it('does not promote when canceled', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Try it');
    await userEvent.click(row.getByRole('button', { name: 'Promote 9ab02e1' }));
    await userEvent.click(
      await screen.findByRole('button', { name: 'Cancel' }),
    );
    await waitFor(() =>
      expect(screen.queryByRole('dialog')).not.toBeInTheDocument(),
    );
    expect(api.promoteDeployment).not.toHaveBeenCalled();
  });

  it('keeps the dialog open with the reason when promoting fails', async () => {
    const api = createFullApi();
    api.promoteDeployment.mockRejectedValue(
      new ConflictError('Another promotion is running'),
    );
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Try it');
    await userEvent.click(row.getByRole('button', { name: 'Promote 9ab02e1' }));
    await userEvent.click(
      await screen.findByRole('button', {
        name: 'Promote 9ab02e1 to production',
      }),
    );
    const dialog = screen.getByRole('dialog');
    expect(
      await within(dialog).findByText(/Another promotion is running/),
    ).toBeInTheDocument();
    expect(dialog).toHaveTextContent('Could not promote 9ab02e1 to production');
  });

  it('offers no promotion of what already serves production', async () => {
    renderWithDeployments(<DeploymentsContent />, { api: createFullApi() });
    const row = await findRow('Fix token refund');
    expect(
      row.queryByRole('button', { name: /Promote/ }),
    ).not.toBeInTheDocument();
  });

  it('redeploys a failed deployment after asking', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, { api });
    const row = await findRow('Break it');
    await userEvent.click(
      row.getByRole('button', { name: 'Redeploy bad0bad' }),
    );
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent(
      'takes the traffic as soon as it is ready',
    );
    await userEvent.click(
      within(dialog).getByRole('button', { name: 'Redeploy bad0bad' }),
    );
    await waitFor(() =>
      expect(api.redeploy).toHaveBeenCalledWith({ id: 'vercel:dpl_failed' }),
    );
  });

  it('refuses with a reason what the reader may not do', async () => {
    const api = createFullApi();
    renderWithDeployments(<DeploymentsContent />, {
      api,
      entityName: 'read-only',
      denied: [
        'deployments.deployment.promote',
        'deployments.deployment.create',
      ],
    });
    const row = await findRow('Try it');
    await waitFor(() =>
      expect(
        row.getByRole('button', { name: 'Promote 9ab02e1' }),
      ).toHaveAccessibleDescription(
        'You may not promote this. Ask the owner of the component.',
      ),
    );
    await userEvent.click(row.getByRole('button', { name: 'Promote 9ab02e1' }));
    await userEvent.click(
      row.getByRole('button', { name: 'Redeploy 9ab02e1' }),
    );
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument();
  });
});
