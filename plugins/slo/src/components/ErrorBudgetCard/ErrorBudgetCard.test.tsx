import { screen, within } from '@testing-library/react';
import { renderWithSlos } from '../../__testUtils__/renderWithSlos';
import { createSlo, createSloApi, createSlos } from '../../__testUtils__/slos';
import { ErrorBudgetCard } from './ErrorBudgetCard';

function renderCard(overrides: Parameters<typeof createSlos>[0]) {
  return renderWithSlos(<ErrorBudgetCard />, {
    api: createSloApi({ listSlos: async () => createSlos(overrides) }),
  });
}

describe('ErrorBudgetCard', () => {
  it('shows what is left of each budget, the worst first, and how long it lasts', async () => {
    renderCard({});
    const bars = await screen.findAllByRole('meter');
    expect(bars.map(bar => bar.getAttribute('aria-valuetext'))).toEqual([
      '31 % left, Degraded, 99.93 % of 99.9 %, runs out in 9 days at this rate',
      '60 % left, Healthy, 98.00 % of 95 %, lasts at this rate',
    ]);
    expect(screen.getByRole('link', { name: 'All SLOs' })).toHaveAttribute(
      'href',
      '/slos',
    );
  });

  it('shows three and how many there are besides', async () => {
    renderCard({
      items: ['a', 'b', 'c', 'd', 'e'].map(name => createSlo({ name })),
    });
    expect(await screen.findAllByRole('meter')).toHaveLength(3);
    expect(screen.getByText(/And 2 more/)).toBeVisible();
  });

  it('says overspent and unknown as they are', async () => {
    renderCard({
      items: [
        createSlo({
          name: 'a',
          title: 'Overspent',
          status: 'exhausted',
          budgetRemainingRatio: -6.9,
          exhaustsAt: undefined,
        }),
        createSlo({
          name: 'b',
          title: 'Unmeasured',
          status: 'unknown',
          ratio: undefined,
          budgetRemainingRatio: undefined,
          exhaustsAt: undefined,
        }),
      ],
    });
    const bar = await screen.findByRole('meter', { name: 'Overspent' });
    expect(bar).toHaveAttribute('aria-valuenow', '0');
    expect(bar).toHaveAttribute(
      'aria-valuetext',
      expect.stringContaining('overspent'),
    );
    expect(screen.getByRole('meter', { name: 'Unmeasured' })).toHaveAttribute(
      'aria-valuetext',
      expect.stringContaining('nothing was measured yet'),
    );
  });

  it('says what would be here when there is no file, and when it has mistakes', async () => {
    const { unmount } = renderCard({ items: [] });
    expect(
      await screen.findByText('SLOs appear when slo.yaml is in the repository'),
    ).toBeVisible();
    unmount();
    renderCard({
      items: [],
      fileProblems: [{ path: 'slo.yaml', message: 'no objectives' }],
    });
    expect(
      await screen.findByText('slo.yaml has mistakes, so no SLO is in force'),
    ).toBeVisible();
  });

  it('says why it cannot be loaded', async () => {
    renderWithSlos(<ErrorBudgetCard />, {
      api: createSloApi({
        listSlos: async () => {
          throw new Error('The database is away');
        },
      }),
    });
    const error = await screen.findByRole('alert');
    expect(within(error).getByText(/The database is away/)).toBeVisible();
  });

  it('refuses who may not see it', async () => {
    renderWithSlos(<ErrorBudgetCard />, {
      api: createSloApi(),
      denied: true,
      entityName: 'secret-card',
    });
    expect(await screen.findByText('You may not see these SLOs')).toBeVisible();
  });
});
