import { ResponseError } from '@backstage/errors';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createBill, createCostApi, group } from '../../__testUtils__/costs';
import { renderWithCost } from '../../__testUtils__/renderWithCost';
import { latestMonths, monthName } from '../../presentation/costWords';
import { BillPage } from './BillPage';

const render = (api = createCostApi()) =>
  renderWithCost(<BillPage />, { api, entity: group });

describe('the bill', () => {
  it('says who may see it when the backend refuses', async () => {
    render(
      createCostApi({
        getBill: async () => {
          throw await ResponseError.fromResponse(
            new Response('{}', { status: 403, statusText: 'Forbidden' }),
          );
        },
      }),
    );
    expect(
      await screen.findByText('You have no access to this'),
    ).toBeInTheDocument();
  });

  it('answers what the account cost, draws its parts and lists its lines', async () => {
    const { container } = render();
    expect(
      await screen.findByText(
        '$34.34 in November 2026; $21.01 of it falls on no entity.',
      ),
    ).toBeInTheDocument();
    expect(
      within(screen.getByRole('list', { name: 'Parts of the bill' }))
        .getAllByRole('listitem')
        .map(part => part.textContent),
    ).toEqual([
      'On entities $13.33',
      'Projects of no entity $1.01',
      'Shared by all $20.00',
    ]);
    expect(container.querySelector('[data-part="Shared by all"]')).toHaveStyle({
      width: '58.241118229470006%',
    });
    const table = screen.getByRole('table', { name: 'Lines of the bill' });
    expect(
      within(table)
        .getAllByRole('row')
        .slice(1)
        .map(row => row.textContent),
    ).toEqual([
      'image-studio$13.33',
      'Project old-site, of no entity$1.01',
      'Pro, shared$20.00',
      'Total$34.34',
    ]);
    expect(
      within(table).getByRole('link', { name: 'image-studio' }),
    ).toHaveAttribute('href', '/catalog/default/component/image-studio');
  });

  it('calls less than a cent so beside the amount that is summed, and what nobody was charged nothing', async () => {
    const [line] = createBill().items;
    render(
      createCostApi({
        getBill: async () =>
          createBill({
            total: '0.00',
            allocated: '0.00',
            notAllocated: '0.00',
            items: [{ ...line, amount: '0.00' }],
            shared: { amount: '0.00', services: [], explanation: '' },
          }),
      }),
    );
    expect(
      await screen.findByText(
        'Less than $0.01 in November 2026, all of it on entities.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getAllByRole('listitem').map(part => part.textContent),
    ).toEqual([
      'On entities $0.00 (less than a cent)',
      'Projects of no entity $0.00',
      'Shared by all $0.00',
    ]);
    expect(
      screen.getByRole('cell', { name: '$0.00 (less than a cent)' }),
    ).toBeInTheDocument();
    expect(screen.getByRole('row', { name: 'Total $0.00' })).toBeVisible();
  });

  it('says what is left out of it, and which days may be old', async () => {
    render(
      createCostApi({
        getBill: async () =>
          createBill({
            otherCurrencies: [{ currency: 'EUR', amount: '7' }],
            staleDays: [
              { day: '2026-11-03', reason: 'Told no charges', since: '' },
            ],
            rejectedLines: {
              count: 2,
              examples: [{ line: 4, reason: 'is no JSON' }],
            },
          }),
      }),
    );
    expect(await screen.findByText(/other currencies/)).toHaveTextContent(
      '7 EUR',
    );
    expect(screen.getByText('2026-11-03: Told no charges')).toBeInTheDocument();
    expect(screen.getByText('Line 4 is no JSON')).toBeInTheDocument();
  });

  it('shows another month, and more lines, on request', async () => {
    const [first, second] = createBill().items;
    const api = createCostApi({
      getBill: async ({ cursor, month }) =>
        createBill({
          ...(month && { month }),
          items: cursor ? [second] : [first],
          nextCursor: cursor ? undefined : 'more',
        }),
    });
    render(api);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show more' }),
    );
    expect(await screen.findByText(/^Project old-site/)).toBeInTheDocument();
    expect(screen.getByText('image-studio')).toBeInTheDocument();

    const [, before] = latestMonths(new Date(), 2);
    await userEvent.click(screen.getByRole('combobox', { name: /Month/ }));
    await userEvent.click(
      screen.getByRole('option', { name: monthName(before) }),
    );
    expect(
      await screen.findByText(`$34.34 in ${monthName(before)}`, {
        exact: false,
      }),
    ).toBeInTheDocument();
  });

  it('says so when nothing was charged', async () => {
    render(
      createCostApi({
        getBill: async () =>
          createBill({
            items: [],
            shared: { amount: '0.00', services: [], explanation: '' },
          }),
      }),
    );
    expect(
      await screen.findByText('Nothing was charged in November 2026'),
    ).toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createCostApi();
    api.getBill.mockRejectedValueOnce(
      await ResponseError.fromResponse(
        new Response('{}', { status: 500, statusText: 'Broken' }),
      ),
    );
    render(api);
    expect(
      await screen.findByText('The bill could not be loaded'),
    ).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/^\$34.34 in/)).toBeInTheDocument();
  });
});
