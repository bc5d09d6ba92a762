import type { Entity } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import { mockApis, renderInTestApp } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import { screen, waitFor, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { DoraApi } from '@forkyard/plugin-deployments-common';
import { doraApiRef } from '../../api/doraApiRef';
import { entity } from '../../__testUtils__/deployments';
import { createDoraApi } from '../../__testUtils__/createDoraApi';
import {
  createChange,
  createDoraReport,
  createMetrics,
} from '../../__testUtils__/dora';
import { DoraContent } from './DoraContent';

const team: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name: 'platform', namespace: 'default' },
};
const system: Entity = {
  ...team,
  kind: 'System',
  metadata: { name: 'images' },
};

function render(api: DoraApi, options: { of?: Entity; denied?: boolean } = {}) {
  renderInTestApp(
    <EntityProvider entity={options.of ?? entity}>
      <DoraContent />
    </EntityProvider>,
    {
      apis: [
        [doraApiRef, api],
        [
          permissionApiRef,
          mockApis.permission({
            authorize: options.denied
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
          }),
        ],
      ],
      mountedRoutes: {
        '/catalog/:namespace/:kind/:name': entityRouteRef,
      },
    },
  );
}

const tile = (name: RegExp) => screen.findByRole('button', { name });

describe('DoraContent', () => {
  it('shows five figures with unit, cases and trend, and says how old they are', async () => {
    render(createDoraApi());
    expect(await tile(/^Deployment frequency/)).toHaveTextContent(
      'Deployment frequency2.8 a week12 deploymentsBetter than before: 1.4 a week',
    );
    expect(await tile(/^Change lead time/)).toHaveTextContent(
      'Change lead time1 h 30 minof 9 commits, 2 more unknownWorse than before: 1 h',
    );
    expect(await tile(/^Change fail rate/)).toHaveTextContent(
      'Change fail rate17 %2 of 12 deploymentsAs before: 17 %',
    );
    expect(await tile(/^Failed deployment recovery/)).toHaveTextContent(
      'Failed deployment recovery time42 sof 2 failuresNot known of the period before',
    );
    expect(await tile(/^Deployment rework rate/)).toHaveTextContent(
      'Deployment rework rate8.3 %1 of 12 deploymentsBetter than before: 33 %',
    );
    expect(screen.getByText(/^As of/)).toBeInTheDocument();
  });

  it('lists the deployments of the figure that is chosen', async () => {
    const api = createDoraApi();
    render(api);
    const all = await screen.findByRole('table', {
      name: 'All deployments, last 30 days',
    });
    expect(
      await within(all).findByText('Fix token refund'),
    ).toBeInTheDocument();
    expect(within(all).getByText('Rolled back after 42 s')).toBeInTheDocument();
    expect(
      within(all).getByText('Aborted after 1 min 30 s'),
    ).toBeInTheDocument();
    expect(within(all).getByText('Unknown')).toBeInTheDocument();
    expect(within(all).getByText('Never had all traffic')).toBeInTheDocument();

    await userEvent.click(await tile(/^Change fail rate/));
    const failed = await screen.findByRole('table', {
      name: 'Deployments that failed, last 30 days',
    });
    await waitFor(() =>
      expect(within(failed).queryByText('Fix token refund')).toBeNull(),
    );
    expect(within(failed).getByText('Break the cart')).toBeInTheDocument();
    expect(await tile(/^Change fail rate/)).toHaveAttribute(
      'aria-pressed',
      'true',
    );
    expect(api.listDeliveryChanges).toHaveBeenLastCalledWith(
      expect.objectContaining({ metric: 'change-fail-rate', days: 30 }),
      expect.anything(),
    );
  });

  it('asks for another period, and for more deployments', async () => {
    const api = createDoraApi({
      listDeliveryChanges: async ({ cursor }) =>
        cursor
          ? { items: [createChange({ id: 'older' })] }
          : { items: [createChange({ id: 'newer' })], nextCursor: 'next' },
    });
    render(api);
    await userEvent.click(
      await screen.findByRole('button', { name: '90 days' }),
    );
    await waitFor(() =>
      expect(api.getDoraReport).toHaveBeenLastCalledWith(
        expect.objectContaining({ days: 90 }),
        expect.anything(),
      ),
    );
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show more' }),
    );
    await waitFor(() =>
      expect(screen.getAllByText('Fix token refund')).toHaveLength(2),
    );
    expect(screen.queryByRole('button', { name: 'Show more' })).toBeNull();
  });

  it('calls unknown what is unknown, and says why', async () => {
    const metrics = createMetrics().map(metric => ({
      ...metric,
      value: undefined,
      cases: 0,
      count: undefined,
      unknown: metric.metric === 'change-lead-time' ? 3 : 0,
    }));
    render(
      createDoraApi({
        getDoraReport: async () =>
          createDoraReport({
            metrics,
            asOf: undefined,
            knownSince: new Date().toISOString(),
          }),
        listDeliveryChanges: async () => ({ items: [] }),
      }),
    );
    expect(await tile(/^Change lead time/)).toHaveTextContent(
      'UnknownThe times of all 3 commits are not known',
    );
    expect(await tile(/^Failed deployment/)).toHaveTextContent(
      'UnknownNo deployment failed',
    );
    expect(await tile(/^Change fail rate/)).not.toHaveTextContent('0 %');
    // The list tells of its loading in the same way.
    const [age] = screen.getAllByRole('status');
    expect(age).toHaveTextContent(
      /^The provider has not been asked yet. Nothing is known from before/,
    );
    expect(
      await screen.findByText('There are none in this time'),
    ).toBeInTheDocument();
  });

  it.each([
    [team, { ownerRef: 'group:default/platform' }],
    [system, { systemRef: 'system:default/images' }],
  ])(
    'shows of $0.kind what belongs to it, and by which entity',
    async (of, scope) => {
      const api = createDoraApi({
        getDoraReport: async () => createDoraReport({ scope, entities: 3 }),
      });
      render(api, { of });
      expect(await screen.findByText(/^3 entities. As of/)).toBeInTheDocument();
      expect(api.getDoraReport).toHaveBeenCalledWith(
        { ...scope, days: 30 },
        expect.anything(),
      );
      const rows = await screen.findAllByRole('link', { name: /image-studio/ });
      expect(rows).toHaveLength(3);
    },
  );

  it('says what will be here before the first deployment', async () => {
    render(
      createDoraApi({
        getDoraReport: async () => createDoraReport({ entities: 0 }),
      }),
    );
    expect(
      await screen.findByText("Nothing has had production's traffic yet"),
    ).toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createDoraApi();
    api.getDoraReport.mockRejectedValueOnce(new Error('Database is gone'));
    render(api);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Database is gone',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await tile(/^Deployment frequency/)).toBeInTheDocument();
  });

  it('shows the figures when only the deployments could not be loaded', async () => {
    render(
      createDoraApi({
        listDeliveryChanges: async () => {
          throw new Error('Too slow');
        },
      }),
    );
    expect(await screen.findByText(/Too slow/)).toBeInTheDocument();
    expect(await tile(/^Deployment frequency/)).toBeInTheDocument();
  });

  it('says no access when the reader may not see it', async () => {
    render(createDoraApi(), {
      of: { ...entity, metadata: { ...entity.metadata, name: 'secret' } },
      denied: true,
    });
    expect(
      await screen.findByText('You may not see these deployments'),
    ).toBeInTheDocument();
  });

  it('says no access when the backend refuses', async () => {
    render(
      createDoraApi({
        getDoraReport: async () => {
          throw await ResponseError.fromResponse(
            new Response('{}', { status: 403, statusText: 'Forbidden' }),
          );
        },
      }),
      { of: team },
    );
    expect(
      await screen.findByText('You have no access to this'),
    ).toBeInTheDocument();
  });
});
