import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { cleanSummary, createFindingsApi } from '../../__testUtils__/findings';
import { renderWithFindings } from '../../__testUtils__/renderWithFindings';
import { FindingsCard } from './FindingsCard';

describe('the card of findings', () => {
  it('says that it is loading', async () => {
    const api = createFindingsApi({
      getSummary: () => new Promise<never>(() => {}),
    });
    renderWithFindings(<FindingsCard />, { api });
    expect(await screen.findByText('Loading findings')).toBeInTheDocument();
  });

  it('answers first, counts each severity, and says what is not up to date', async () => {
    renderWithFindings(<FindingsCard />, { api: createFindingsApi() });
    expect(
      await screen.findByText('1 critical, 1 high, 1 overdue.'),
    ).toBeInTheDocument();
    expect(screen.getByText('Failing')).toBeInTheDocument();
    const figures = screen
      .getAllByRole('definition')
      .map(({ textContent }) => textContent);
    expect(figures).toEqual(['1', '1', '0', '0', '1', '1']);
    expect(screen.getByText(/2 of 3 sources/)).toBeInTheDocument();
    expect(screen.getByRole('link', { name: 'All findings' })).toHaveAttribute(
      'href',
      '/security',
    );
  });

  it('is calm when there is nothing', async () => {
    const api = createFindingsApi({ getSummary: async () => cleanSummary });
    renderWithFindings(<FindingsCard />, { api });
    expect(await screen.findByText('No open findings.')).toBeInTheDocument();
    expect(screen.getByText('Healthy')).toBeInTheDocument();
  });

  it('invents no figures before the first look', async () => {
    const api = createFindingsApi({
      getSummary: async () => ({
        ...cleanSummary,
        asOf: undefined,
        sources: [],
      }),
    });
    renderWithFindings(<FindingsCard />, { api });
    expect(await screen.findByText('Unknown')).toBeInTheDocument();
    expect(screen.queryByRole('definition')).not.toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createFindingsApi();
    api.getSummary.mockRejectedValueOnce(new Error('Database is gone'));
    renderWithFindings(<FindingsCard />, { api });
    expect(await screen.findByText(/Database is gone/)).toBeInTheDocument();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(
      await screen.findByText('1 critical, 1 high, 1 overdue.'),
    ).toBeInTheDocument();
  });

  it('says that the reader may not see findings', async () => {
    renderWithFindings(<FindingsCard />, {
      api: createFindingsApi(),
      entityName: 'secret-card',
      denied: ['security-findings.finding.read'],
    });
    expect(
      await screen.findByText('You may not see these findings'),
    ).toBeInTheDocument();
  });
});
