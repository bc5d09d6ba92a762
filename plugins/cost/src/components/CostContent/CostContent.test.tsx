import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createCost, createCostApi, entity } from '../../__testUtils__/costs';
import { renderWithCost } from '../../__testUtils__/renderWithCost';
import { CostContent } from './CostContent';

const never = () => new Promise<never>(() => {});

describe('the cost tab', () => {
  it('says that it is loading until the first answer', async () => {
    const api = createCostApi({ getEntityCost: never });
    renderWithCost(<CostContent />, { api, entity });
    expect(await screen.findByText('Loading the cost')).toBeInTheDocument();
  });

  it('answers first, and shows days, services and the price of a request', async () => {
    renderWithCost(<CostContent />, { api: createCostApi(), entity });
    expect(
      await screen.findByRole('heading', { name: 'November 2026' }),
    ).toBeInTheDocument();
    expect(
      screen.getByText(/^\$12.40 this month, about \$31/),
    ).toBeInTheDocument();
    expect(screen.getByText('Cost a day')).toBeInTheDocument();
    expect(screen.getByText(/^\$0.04 for 1,000 requests/)).toHaveTextContent(
      '310,100 were charged for',
    );
  });

  it('lists services in cents that sum to the total it shows', async () => {
    renderWithCost(<CostContent />, { api: createCostApi(), entity });
    const table = await screen.findByRole('table', { name: 'Cost by service' });
    expect(
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map(row => row.textContent),
    ).toEqual([
      'Edge Requests$12.3099 %',
      'Build Minutes$0.101 %',
      'Function Invocationsless than $0.010 %',
      'Together$12.40',
    ]);
  });

  it('loads all pages of the days', async () => {
    const api = createCostApi();
    api.listDailyCosts.mockResolvedValueOnce({ items: [], nextCursor: 'more' });
    renderWithCost(<CostContent />, { api, entity });
    await screen.findByText('Cost a day');
    expect(
      api.listDailyCosts.mock.calls.map(([{ from, to, cursor }]) => [
        from,
        to,
        cursor,
      ]),
    ).toEqual([
      ['2026-11-01', '2026-11-30', undefined],
      ['2026-11-01', '2026-11-30', 'more'],
    ]);
  });

  it('reads the last day that was charged, not the later ones as free', async () => {
    renderWithCost(<CostContent />, { api: createCostApi(), entity });
    expect(await screen.findByRole('slider')).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(/together \$0\.10$/),
    );
  });

  it('marks unusual days, and says what they usually cost', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({
          anomalies: [{ day: '2026-11-02', amount: '0.1039', usual: '0.02' }],
        }),
    });
    renderWithCost(<CostContent />, { api, entity });
    expect(
      await screen.findByText(
        'Monday, November 2, cost $0.10, usually about $0.02.',
      ),
    ).toBeInTheDocument();
    expect(screen.getByRole('slider')).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(/together \$0\.10, usually about \$0\.02$/),
    );
  });

  it('says what is unknown instead of zero', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({
          unitCost: { known: false, reason: 'There were no requests.' },
          otherCurrencies: [{ currency: 'EUR', amount: '3.5' }],
        }),
    });
    renderWithCost(<CostContent />, { api, entity });
    expect(
      await screen.findByText('Unknown. There were no requests.'),
    ).toBeInTheDocument();
    expect(screen.getByText(/other currencies/)).toHaveTextContent('3.5 EUR');
  });

  it('says when charges will appear, and draws nothing, while there are none', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({ monthToDate: undefined, byService: [] }),
      listDailyCosts: async () => ({ items: [] }),
    });
    renderWithCost(<CostContent />, { api, entity });
    expect(
      await screen.findByText('Nothing has been charged yet'),
    ).toBeInTheDocument();
    expect(screen.queryByText('Cost a day')).not.toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createCostApi();
    api.listDailyCosts.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithCost(<CostContent />, { api, entity });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Database is gone',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Cost a day')).toBeInTheDocument();
  });

  it('says whom to ask when the reader may not see costs', async () => {
    renderWithCost(<CostContent />, {
      api: createCostApi({ getEntityCost: never }),
      entity: { ...entity, metadata: { name: 'secret-tab' } },
      denied: true,
    });
    expect(
      await screen.findByText('You may not see what this costs'),
    ).toBeInTheDocument();
  });
});
