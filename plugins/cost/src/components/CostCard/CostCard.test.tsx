import { ResponseError } from '@backstage/errors';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { createCost, createCostApi, entity } from '../../__testUtils__/costs';
import { renderWithCost } from '../../__testUtils__/renderWithCost';
import { CostCard } from './CostCard';

const never = () => new Promise<never>(() => {});

describe('the cost card', () => {
  it('says that it is loading until the first answer', async () => {
    const api = createCostApi({ getEntityCost: never });
    renderWithCost(<CostCard />, { api, entity });
    expect(await screen.findByText('Loading the cost')).toBeInTheDocument();
    expect(screen.queryByText(/\$/)).not.toBeInTheDocument();
  });

  it('answers what the month costs, will cost and may cost', async () => {
    const api = createCostApi();
    renderWithCost(<CostCard />, { api, entity });
    expect(
      await screen.findByText(
        '$12.40 this month, about $31 by the end, of a $50 budget.',
      ),
    ).toBeInTheDocument();
    expect(
      screen.getByRole('meter', { name: 'Spent of the budget' }),
    ).toHaveAttribute('aria-valuetext', '$12.40 of $50, Within budget');
    expect(
      screen.getByText(/in 8 of 10 cases between \$27 and \$36/),
    ).toBeInTheDocument();
    expect(screen.getByText(/^As of/)).toHaveTextContent('As of just now.');
    expect(screen.getByRole('link', { name: 'All costs' })).toHaveAttribute(
      'href',
      '/cost',
    );
    expect(api.getEntityCost).toHaveBeenCalledWith(
      { entityRef: 'component:default/image-studio' },
      expect.anything(),
    );
    expect(api.listDailyCosts).not.toHaveBeenCalled();
  });

  it.each([
    ['Over budget', { monthToDate: '50.01' }],
    ['Likely over budget', { budget: '30' }],
    ['Within budget', { monthToDate: '50', forecast: unknownForecast() }],
  ])('says %s', async (word, figures) => {
    const api = createCostApi({
      getEntityCost: async () => createCost(figures),
    });
    renderWithCost(<CostCard />, { api, entity });
    expect(await screen.findByText(word)).toBeInTheDocument();
  });

  it('invents neither a forecast nor a budget', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({
          forecast: unknownForecast(),
          budget: undefined,
          budgetProblem: "Annotation 'forkyard.dev/budget' is 'much'.",
        }),
    });
    renderWithCost(<CostCard />, { api, entity });
    expect(await screen.findByText('$12.40 this month.')).toBeInTheDocument();
    expect(screen.getByText('There are no full days.')).toBeInTheDocument();
    expect(screen.getByText(/is 'much'/)).toBeInTheDocument();
    expect(screen.queryByRole('meter')).not.toBeInTheDocument();
  });

  it('says when charges will appear while there are none', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({ monthToDate: undefined, asOf: undefined, byService: [] }),
    });
    renderWithCost(<CostCard />, { api, entity });
    expect(
      await screen.findByText('Nothing has been charged yet'),
    ).toBeInTheDocument();
    expect(screen.getByText(/may take it a day/)).toBeInTheDocument();
    expect(
      screen.getByText('The provider has not been asked yet.'),
    ).toBeInTheDocument();
    expect(screen.queryByText(/\$0/)).not.toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createCostApi();
    api.getEntityCost.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithCost(<CostCard />, { api, entity });
    const alert = await screen.findByRole('alert');
    expect(alert).toHaveTextContent('Database is gone');
    await userEvent.click(
      within(alert).getByRole('button', { name: 'Try again' }),
    );
    expect(await screen.findByText(/\$12.40 this month/)).toBeInTheDocument();
  });

  it('says whom to ask when the reader may not see costs', async () => {
    renderWithCost(<CostCard />, {
      api: createCostApi({ getEntityCost: never }),
      entity: { ...entity, metadata: { name: 'secret-card' } },
      denied: true,
    });
    expect(
      await screen.findByText('You may not see what this costs'),
    ).toBeInTheDocument();
  });

  it('says no access when the backend refuses', async () => {
    const api = createCostApi({
      getEntityCost: async () => {
        throw await ResponseError.fromResponse(
          new Response('{}', { status: 403, statusText: 'Forbidden' }),
        );
      },
    });
    renderWithCost(<CostCard />, { api, entity });
    expect(
      await screen.findByText('You have no access to this'),
    ).toBeInTheDocument();
  });

  it('says how old the charges are, and why', async () => {
    const api = createCostApi({
      getEntityCost: async () =>
        createCost({
          asOf: new Date(Date.now() - 125_000).toISOString(),
          staleReason: 'Vercel is limiting our requests',
        }),
    });
    renderWithCost(<CostCard />, { api, entity });
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'As of 2 min ago. Since then: Vercel is limiting our requests.',
    );
  });
});

function unknownForecast() {
  return { known: false as const, reason: 'There are no full days.' };
}
