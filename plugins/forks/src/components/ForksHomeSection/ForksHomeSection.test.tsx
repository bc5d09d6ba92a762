import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { answer, forksApiMock, never } from '../../__testUtils__/forksApiMock';
import { renderPage } from '../../__testUtils__/renderPage';
import { makeFork, makeProvisioning } from '../../__testUtils__/samples';
import { ForksHomeSection } from './ForksHomeSection';

const none = { items: [], totalItems: 0 };

describe('ForksHomeSection', () => {
  it('holds the place of the forks while they load', async () => {
    renderPage(<ForksHomeSection />, {
      forksApi: forksApiMock({ listForks: never, listProvisionings: never }),
    });
    expect(await screen.findByText('Loading your forks')).toBeInTheDocument();
  });

  it('begins with one button when the reader has no forks', async () => {
    renderPage(<ForksHomeSection />, {
      forksApi: forksApiMock({
        listForks: async () => none,
        listProvisionings: async () => none,
      }),
    });
    expect(await screen.findByText('You have no forks yet')).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'Fork an application' }),
    ).toBeVisible();
  });

  it('puts what failed first, then what runs, then the rest of the reader', async () => {
    const forksApi = forksApiMock({
      listForks: jest.fn(async () => ({
        items: [
          makeFork({
            name: 'shop',
            status: 'failing',
            statusReason: 'Production answers 500',
          }),
          makeFork({ name: 'translator' }),
        ],
        totalItems: 2,
      })),
      listProvisionings: async () => ({
        items: [
          makeProvisioning({ id: 'p-2', forkName: 'stuck', state: 'failed' }),
          makeProvisioning({ id: 'p-3', forkName: 'coming' }),
          makeProvisioning({
            id: 'p-4',
            forkName: 'of-others',
            createdBy: 'user:default/bob',
          }),
        ],
      }),
    });
    renderPage(<ForksHomeSection />, { forksApi });
    const needs = within(
      await screen.findByRole('list', { name: 'Needs you' }),
    );
    expect(needs.getAllByRole('link').map(link => link.textContent)).toEqual([
      'stuck',
      'shop',
    ]);
    expect(needs.getByText(/Production answers 500/)).toBeVisible();
    expect(needs.getByRole('link', { name: 'stuck' })).toHaveAttribute(
      'href',
      '/forks/provisionings/p-2',
    );
    expect(
      within(screen.getByRole('list', { name: 'In progress' })).getByRole(
        'link',
      ),
    ).toHaveTextContent('coming');
    expect(
      within(screen.getByRole('list', { name: 'Your forks' })).getByRole(
        'link',
      ),
    ).toHaveAttribute('href', '/entity/default/component/translator');
    expect(screen.queryByText('of-others')).not.toBeInTheDocument();
    expect(
      screen.getByRole('link', { name: 'All 2 forks of yours' }),
    ).toHaveAttribute('href', '/forks?owner=mine');
    expect(forksApi.listForks.mock.calls[0][0]).toMatchObject({
      owners: ['user:default/ana', 'group:default/platform'],
    });
  });

  it('says so when nothing is in trouble', async () => {
    renderPage(<ForksHomeSection />, {
      forksApi: forksApiMock({
        listForks: async () => ({ items: [makeFork()], totalItems: 1 }),
        listProvisionings: async () => none,
      }),
    });
    expect(
      await screen.findByText('No fork of yours is in trouble.'),
    ).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'Your fork in the list' }),
    ).toBeVisible();
  });

  it('says what failed, and loads again when asked', async () => {
    const forksApi = forksApiMock({
      listForks: jest.fn(async () => none),
      listProvisionings: async () => none,
    });
    forksApi.listForks.mockRejectedValueOnce(await answer(500, 'Oops'));
    renderPage(<ForksHomeSection />, { forksApi });
    expect(
      await screen.findByText('Your forks could not be loaded'),
    ).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('You have no forks yet')).toBeVisible();
  });

  it('says so when the reader may not see forks', async () => {
    renderPage(<ForksHomeSection />, {
      forksApi: forksApiMock({
        listForks: async () => {
          throw await answer(403, 'You may not list forks');
        },
        listProvisionings: async () => none,
      }),
    });
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });
});
