import { mockApis } from '@backstage/frontend-test-utils';
import { identityApiRef } from '@backstage/frontend-plugin-api';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { IncidentsApi } from '@forkyard/plugin-incidents-common';
import { incidentsApiRef } from '../../api/incidentsApiRef';
import {
  answered,
  createAlert,
  createIncidentsApi,
} from '../../__testUtils__/incidents';
import { renderWithIncidents } from '../../__testUtils__/renderWithIncidents';
import { FiringHomeSection } from './FiringHomeSection';

const other = createAlert({
  id: 'other',
  title: 'Theirs is down',
  entityRef: 'Component:default/Checkout',
  runbook: undefined,
});
const nobodys = createAlert({
  id: 'nobodys',
  title: 'Something is down',
  entityRef: undefined,
});

function renderSection(
  listAlerts: IncidentsApi['listAlerts'],
  identity = mockApis.identity({
    ownershipEntityRefs: ['user:default/ana', 'group:default/platform'],
  }),
) {
  const api = createIncidentsApi({ listAlerts });
  return renderWithIncidents(
    <TestApiProvider
      apis={[
        [identityApiRef, identity],
        [incidentsApiRef, api],
      ]}
    >
      <FiringHomeSection />
    </TestApiProvider>,
    { api },
  );
}

describe('FiringHomeSection', () => {
  it("shows the reader's own first and once, each leading to its page", async () => {
    const mine = createAlert({ id: 'mine', title: 'Mine is down' });
    const listAlerts = jest.fn<
      ReturnType<IncidentsApi['listAlerts']>,
      Parameters<IncidentsApi['listAlerts']>
    >(async ({ owners }) =>
      owners
        ? { items: [mine] }
        : { items: [other, nobodys, mine], nextCursor: 'next' },
    );
    renderSection(listAlerts);
    const own = within(await screen.findByRole('list', { name: 'Yours' }));
    expect(own.getAllByRole('listitem')).toHaveLength(1);
    expect(own.getByRole('listitem')).toHaveTextContent(
      'FiringMine is down image-studio, page, 20 min ago',
    );
    expect(own.getByRole('link')).toHaveAttribute(
      'href',
      '/catalog/default/component/image-studio/runbooks?runbook=runbooks%2Fhigh-error-rate.md&alert=mine',
    );
    const others = within(screen.getByRole('list', { name: 'Of others' }));
    expect(
      others.getAllByRole('listitem').map(item => item.textContent),
    ).toEqual([
      expect.stringContaining('Theirs is down Checkout'),
      expect.stringContaining('Something is down of nothing in the catalog'),
    ]);
    expect(others.getAllByRole('link')).toHaveLength(1);
    expect(others.getByRole('link')).toHaveAttribute(
      'href',
      '/catalog/default/component/Checkout/runbooks?alert=other',
    );
    expect(screen.getByText('These are the newest; more fire.')).toBeVisible();
    expect(listAlerts).toHaveBeenCalledWith(
      expect.objectContaining({
        owners: ['user:default/ana', 'group:default/platform'],
        states: ['firing', 'acknowledged'],
      }),
      expect.anything(),
    );
  });

  it('says that nothing of a reader without identity fires', async () => {
    const identity = mockApis.identity();
    identity.getBackstageIdentity = async () => {
      throw new Error('Signed out');
    };
    renderSection(async () => ({ items: [] }), identity);
    expect(await screen.findByText('Nothing of yours fires.')).toBeVisible();
    expect(screen.queryByRole('list')).not.toBeInTheDocument();
  });

  it('says that it loads, why it cannot, and tries again', async () => {
    let answer: (error: Error | undefined) => void = () => {};
    const listAlerts = jest.fn<ReturnType<IncidentsApi['listAlerts']>, []>(
      () =>
        new Promise((resolve, reject) => {
          answer = error => (error ? reject(error) : resolve({ items: [] }));
        }),
    );
    renderSection(listAlerts, mockApis.identity({ ownershipEntityRefs: [] }));
    expect(await screen.findByText('Loading alerts')).toBeInTheDocument();
    await waitFor(() => expect(listAlerts).toHaveBeenCalledTimes(1));
    answer(new Error('The database is away'));
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'The alerts could not be loaded',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(listAlerts).toHaveBeenCalledTimes(2));
    answer(undefined);
    expect(await screen.findByText('Nothing of yours fires.')).toBeVisible();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('says no access when the backend refuses', async () => {
    renderSection(async () => {
      throw answered(403, 'Not yours');
    });
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });
});
