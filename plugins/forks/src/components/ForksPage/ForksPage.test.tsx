import { act, screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { answer, forksApiMock, never } from '../../__testUtils__/forksApiMock';
import { renderPage } from '../../__testUtils__/renderPage';
import { makeFork, makeSummary, sha } from '../../__testUtils__/samples';
import { ForksPage } from './ForksPage';

const failing = makeFork({
  name: 'shop',
  title: 'shop',
  status: 'failing',
  statusReason: 'The last deployment failed',
  live: undefined,
});
const forks = [failing, makeFork(), makeFork({ name: 'translator' })];

function fullApi() {
  return forksApiMock({
    getForksSummary: async () => makeSummary(),
    listForks: jest.fn(async () => ({ items: forks, totalItems: 3 })),
  });
}

function setWidth(isNarrow: boolean) {
  window.matchMedia = jest.fn().mockImplementation((query: string) => ({
    matches: isNarrow && query.includes('max-width'),
    media: query,
    addListener: jest.fn(),
    removeListener: jest.fn(),
    addEventListener: jest.fn(),
    removeEventListener: jest.fn(),
  }));
}

describe('ForksPage', () => {
  beforeEach(() => setWidth(false));

  it('holds the place of the forks while they load', async () => {
    const forksApi = forksApiMock({
      getForksSummary: never,
      listForks: never,
    });
    renderPage(<ForksPage />, { forksApi });
    expect(await screen.findByText('Loading forks')).toBeInTheDocument();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
  });

  it('begins with one button when there are no forks', async () => {
    const forksApi = forksApiMock({
      getForksSummary: async () =>
        makeSummary({ total: 0, owners: [], systems: [] }),
      listForks: async () => ({ items: [], totalItems: 0 }),
    });
    renderPage(<ForksPage />, { forksApi });
    expect(await screen.findByText('No forks yet')).toBeVisible();
    await waitFor(() =>
      expect(screen.queryByRole('searchbox')).not.toBeInTheDocument(),
    );
    expect(
      screen.getByRole('link', { name: 'Fork an application' }),
    ).toHaveAttribute('href', '/create/default/fork');
  });

  it('says what failed, and loads again when asked', async () => {
    const forksApi = fullApi();
    forksApi.listForks.mockRejectedValueOnce(
      await answer(503, 'The database does not answer'),
    );
    renderPage(<ForksPage />, { forksApi });
    expect(
      await screen.findByText('The forks could not be loaded'),
    ).toBeVisible();
    expect(screen.getByText('The database does not answer.')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('link', { name: 'shop' })).toBeVisible();
  });

  it('says so when the reader may not see forks', async () => {
    const forksApi = forksApiMock({
      getForksSummary: async () => makeSummary(),
      listForks: async () => {
        throw await answer(403, 'You may not list forks');
      },
    });
    renderPage(<ForksPage />, { forksApi });
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });

  it('shows a row a fork with its status, live version, owner and vitals', async () => {
    renderPage(<ForksPage />, { forksApi: fullApi() });
    const row = (
      await screen.findByRole('link', { name: 'image-studio' })
    ).closest('tr');
    const cells = within(row!);
    expect(cells.getByText('Image Studio')).toBeVisible();
    expect(cells.getByText('Healthy')).toBeVisible();
    expect(cells.getByText(sha.slice(0, 7))).toBeVisible();
    expect(cells.getByText('Fix token refund')).toBeVisible();
    expect(cells.getByText('platform')).toBeVisible();
    expect(cells.getByText('71 %').closest('a')).toHaveAttribute(
      'href',
      '/entity/default/component/image-studio/slos',
    );
    expect(cells.getByText('$41 / $50').closest('a')).toHaveAttribute(
      'href',
      '/entity/default/component/image-studio/cost',
    );
    expect(
      cells.getByRole('meter', { name: 'Cost this month of its budget' }),
    ).toHaveAttribute(
      'aria-valuetext',
      '$41 / $50, Within budget, about $48 by the end of the month',
    );
    expect(screen.getByText('Nothing live yet')).toBeVisible();
    expect(screen.getByText('3 forks')).toBeVisible();
  });

  it('draws how often production changed, and nothing when it did not', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const items = [
      makeFork({
        deploysByDay: [
          { date: '2020-01-01', count: 9 },
          { date: today, count: 2 },
        ],
      }),
      makeFork({ name: 'quiet' }),
    ];
    const forksApi = forksApiMock({
      getForksSummary: async () => makeSummary(),
      listForks: async () => ({ items, totalItems: 2 }),
    });
    renderPage(<ForksPage />, { forksApi });
    expect(
      await screen.findByRole('img', { name: /to production/ }),
    ).toHaveAccessibleName(/^2 deployments to production in 14 days, /);
  });

  it('says what burns, costs too much, is critical or fires, and what is not known', async () => {
    const forksApi = forksApiMock({
      getForksSummary: async () => makeSummary(),
      listForks: async () => ({
        items: [
          makeFork({
            name: 'shop',
            vitals: {
              slo: { status: 'exhausted', budgetRemainingRatio: -0.2 },
              cost: { monthToDate: '60.00', budget: '50' },
              findings: {
                openCritical: 2,
                openHigh: 0,
                openTotal: 2,
                overdue: 1,
              },
              alerts: { firing: 1, highestSeverity: 'page' },
            },
          }),
          makeFork({ name: 'new', vitals: {} }),
        ],
        totalItems: 2,
      }),
    });
    renderPage(<ForksPage />, { forksApi });
    const row = (await screen.findByRole('link', { name: 'shop' })).closest(
      'tr',
    );
    const cells = within(row!);
    expect(
      cells.getByRole('meter', { name: 'Error budget left' }),
    ).toHaveAttribute('aria-valuetext', 'Spent, Overspent');
    expect(
      cells.getByRole('meter', { name: 'Cost this month of its budget' }),
    ).toHaveAttribute('aria-valuetext', '$60 / $50, Over budget');
    expect(cells.getByText('2, 1 overdue')).toBeVisible();
    expect(cells.getByText('1 firing')).toBeVisible();
    const unknown = within(
      screen.getByRole('link', { name: 'new' }).closest('tr')!,
    );
    expect(unknown.getAllByText(/^Unknown/)).toHaveLength(3);
    expect(unknown.getByText('None')).toBeVisible();
    expect(unknown.queryByRole('meter')).not.toBeInTheDocument();
  });

  it('filters by budget, cost, findings and alerts', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, {
      forksApi,
      at: '/?budget=burning&cost=over&findings=critical&sort=cost',
    });
    await screen.findByRole('table');
    await userEvent.click(screen.getByRole('combobox', { name: 'Alerts' }));
    await userEvent.click(screen.getByRole('option', { name: 'Firing' }));
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0]).toMatchObject({
        budgets: ['burning'],
        costs: ['over'],
        findings: ['critical'],
        firing: true,
        sort: 'cost',
        order: 'desc',
      }),
    );
    expect(screen.getByTestId('address')).toHaveTextContent('firing=true');
  });

  it('asks for the worst first unless the address says otherwise', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    await screen.findByRole('table');
    expect(forksApi.listForks.mock.calls[0][0]).toMatchObject({
      sort: 'status',
      order: 'asc',
      limit: 25,
    });
  });

  it('takes filters and order from the address', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, {
      forksApi,
      at: '/?search=image&owner=group:default/growth&system=system:default/demo&status=failing&status=nonsense&sort=name&order=desc',
    });
    await screen.findByRole('table');
    expect(forksApi.listForks.mock.calls[0][0]).toMatchObject({
      search: 'image',
      owners: ['group:default/growth'],
      systems: ['system:default/demo'],
      statuses: ['failing'],
      sort: 'name',
      order: 'desc',
    });
    expect(screen.getByRole('searchbox')).toHaveValue('image');
  });

  it('filters by a status when its count is pressed, and keeps it in the address', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    const count = await screen.findByRole('button', { name: /1 Failing/ });
    await userEvent.click(count);
    expect(screen.getByTestId('address')).toHaveTextContent('?status=failing');
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0]).toMatchObject({
        statuses: ['failing'],
      }),
    );
    expect(count).toHaveAttribute('aria-pressed', 'true');
    await userEvent.click(count);
    expect(screen.getByTestId('address')).not.toHaveTextContent('status');
  });

  it('asks for what the reader owns when they choose theirs', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    await screen.findByRole('table');
    await userEvent.click(screen.getByRole('combobox', { name: 'Owner' }));
    await userEvent.click(screen.getByRole('option', { name: 'Mine' }));
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0]).toMatchObject({
        owners: ['user:default/ana', 'group:default/platform'],
      }),
    );
    expect(screen.getByTestId('address')).toHaveTextContent('?owner=mine');
  });

  it('focuses the search at / and searches what is typed', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    await screen.findByRole('table');
    await userEvent.keyboard('/');
    expect(screen.getByRole('searchbox')).toHaveFocus();
    await userEvent.keyboard('a/b');
    expect(screen.getByRole('searchbox')).toHaveValue('a/b');
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0].search).toBe('a/b'),
    );
    await userEvent.keyboard('{Escape}');
    expect(screen.getByRole('searchbox')).not.toHaveFocus();
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0].search).toBeUndefined(),
    );
  });

  it('offers to clear the filters when nothing matches', async () => {
    const forksApi = fullApi();
    forksApi.listForks.mockResolvedValueOnce({ items: [], totalItems: 0 });
    renderPage(<ForksPage />, { forksApi, at: '/?search=nowhere' });
    expect(await screen.findByText('No fork matches')).toBeVisible();
    await userEvent.click(
      screen.getByRole('button', { name: 'Clear all filters' }),
    );
    expect(await screen.findByRole('link', { name: 'shop' })).toBeVisible();
    expect(screen.getByTestId('address')).toHaveTextContent(/^\/$/);
  });

  it('lets the backend sort by the column that is pressed, then the other way', async () => {
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    const header = await screen.findByRole('button', { name: 'Alerts' });
    await userEvent.click(header);
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0]).toMatchObject({
        sort: 'alerts',
        order: 'desc',
      }),
    );
    await userEvent.click(header);
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0]).toMatchObject({
        sort: 'alerts',
        order: 'asc',
      }),
    );
    expect(
      screen.getByRole('columnheader', { name: /Alerts/ }),
    ).toHaveAttribute('aria-sort', 'ascending');
  });

  it('goes to the next page and back by the cursor', async () => {
    const forksApi = fullApi();
    forksApi.listForks.mockImplementation(async ({ cursor }) =>
      cursor
        ? { items: [makeFork({ name: 'last' })], totalItems: 4 }
        : { items: forks, totalItems: 4, nextCursor: 'c-2' },
    );
    renderPage(<ForksPage />, { forksApi });
    expect(await screen.findByText('3 of 4 forks')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Next page' }));
    expect(await screen.findByRole('link', { name: 'last' })).toBeVisible();
    expect(screen.getByRole('button', { name: 'Next page' })).toBeDisabled();
    await userEvent.click(
      screen.getByRole('button', { name: 'Previous page' }),
    );
    expect(await screen.findByRole('link', { name: 'shop' })).toBeVisible();
  });

  it('moves between rows by arrow keys and opens one by Enter', async () => {
    renderPage(<ForksPage />, { forksApi: fullApi() });
    const [first, second, last] = await Promise.all(
      ['shop', 'image-studio', 'translator'].map(name =>
        screen.findByRole('link', { name }),
      ),
    );
    act(() => first.focus());
    await userEvent.keyboard('{ArrowDown}');
    expect(second).toHaveFocus();
    await userEvent.keyboard('{End}');
    expect(last).toHaveFocus();
    await userEvent.keyboard('k');
    expect(second).toHaveFocus();
    await userEvent.keyboard('{Home}');
    expect(first).toHaveFocus();
    await userEvent.keyboard('j{Enter}');
    expect(screen.getByTestId('address')).toHaveTextContent(
      '/entity/default/component/image-studio',
    );
  });

  it('opens a fork when its row is pressed, not when a control in it is', async () => {
    renderPage(<ForksPage />, { forksApi: fullApi() });
    const link = await screen.findByRole('link', { name: 'image-studio' });
    const row = link.closest('tr')!;
    await userEvent.click(
      within(row).getAllByRole('button', { name: /Copy commit/ })[0],
    );
    expect(screen.getByTestId('address')).toHaveTextContent(/^\/$/);
    await userEvent.click(within(row).getByText('Healthy'));
    expect(screen.getByTestId('address')).toHaveTextContent(
      '/entity/default/component/image-studio',
    );
  });

  it('leads to the provisioning while a fork has no catalog page', async () => {
    const forksApi = fullApi();
    forksApi.listForks.mockResolvedValue({
      items: [makeFork({ lifecycle: 'provisioning', provisioningId: 'p-9' })],
    });
    renderPage(<ForksPage />, { forksApi });
    expect(
      await screen.findByRole('link', { name: 'image-studio' }),
    ).toHaveAttribute('href', '/forks/provisionings/p-9');
  });

  it('draws cards with the reason of a trouble on a narrow screen', async () => {
    setWidth(true);
    const forksApi = fullApi();
    renderPage(<ForksPage />, { forksApi });
    const list = await screen.findByRole('list', { name: 'Forks' });
    expect(within(list).getAllByRole('listitem')).toHaveLength(3);
    expect(within(list).getByText('The last deployment failed')).toBeVisible();
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    await userEvent.click(screen.getByRole('combobox', { name: 'Order' }));
    await userEvent.click(screen.getByRole('option', { name: 'Newest fork' }));
    await waitFor(() =>
      expect(forksApi.listForks.mock.lastCall?.[0].sort).toBe('created'),
    );
  });
});
