import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { Entity } from '@backstage/catalog-model';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { ANNOTATION_BASE } from '@forkyard/plugin-forks-common';
import { answer, forksApiMock, never } from '../../__testUtils__/forksApiMock';
import { renderPage } from '../../__testUtils__/renderPage';
import { makeFork, sha } from '../../__testUtils__/samples';
import { AboutForkCard } from './AboutForkCard';

const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    annotations: { [ANNOTATION_BASE]: `acme/base-app@${sha}` },
  },
  spec: { owner: 'platform' },
  relations: [{ type: 'ownedBy', targetRef: 'group:default/growth' }],
};

function renderCard(
  forksApi: ReturnType<typeof forksApiMock>,
  shown: Entity = entity,
) {
  renderPage(
    <EntityProvider entity={shown}>
      <AboutForkCard />
    </EntityProvider>,
    { forksApi },
  );
}

describe('AboutForkCard', () => {
  it('holds the place of the fork while it loads', async () => {
    renderCard(forksApiMock({ getFork: never }));
    expect(await screen.findByText('Loading the fork')).toBeInTheDocument();
  });

  it('says how the fork is, what is live, and where everything is', async () => {
    renderCard(
      forksApiMock({
        getFork: async () =>
          makeFork({
            status: 'degraded',
            statusReason: 'Errors since the last deployment',
          }),
      }),
    );
    expect(await screen.findByText('Degraded')).toBeVisible();
    expect(screen.getByText(/Errors since the last deployment/)).toBeVisible();
    expect(screen.getByText(/"Fix token refund" by ana/)).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'image-studio.example.com' }),
    ).toHaveAttribute('href', 'https://image-studio.example.com');
    expect(
      screen.getByRole('link', { name: 'git.example.com/acme/image-studio' }),
    ).toBeVisible();
    expect(
      screen.getByRole('link', { name: 'how it was created' }),
    ).toHaveAttribute('href', '/forks/provisionings/p-1');
  });

  it('takes the owner from the catalog rather than from the request', async () => {
    renderCard(forksApiMock({ getFork: async () => makeFork() }));
    expect(await screen.findByText('growth')).toBeVisible();
    expect(screen.queryByText('platform')).not.toBeInTheDocument();
  });

  it('shows what the annotation says of a fork that was made by other means', async () => {
    renderCard(
      forksApiMock({
        getFork: async () => {
          throw await answer(404, 'No fork image-studio');
        },
      }),
      { ...entity, relations: [] },
    );
    expect(await screen.findByText(/acme\/base-app/)).toBeVisible();
    expect(screen.getByText(sha.slice(0, 7))).toBeVisible();
    expect(screen.getByText(/knows no owner of image-studio/)).toBeVisible();
    expect(screen.queryByRole('alert')).not.toBeInTheDocument();
  });

  it('says what failed, and loads again when asked', async () => {
    const forksApi = forksApiMock({
      getFork: jest.fn(async () => makeFork({ live: undefined })),
    });
    forksApi.getFork.mockRejectedValueOnce(await answer(500, 'Oops'));
    renderCard(forksApi);
    expect(
      await screen.findByText('The fork could not be loaded'),
    ).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('Healthy')).toBeVisible();
    expect(screen.queryByText('Live version')).not.toBeInTheDocument();
  });

  it('says so when the reader may not see the fork', async () => {
    renderCard(
      forksApiMock({
        getFork: async () => {
          throw await answer(403, 'You may not see fork image-studio');
        },
      }),
    );
    expect(await screen.findByText('You have no access to this')).toBeVisible();
  });
});
