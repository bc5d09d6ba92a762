import { screen, waitFor } from '@testing-library/react';
import { setupServer } from 'msw/node';
import { http, HttpResponse } from 'msw';
import {
  createFrontendPlugin,
  PageBlueprint,
  coreExtensionData,
  createExtensionInput,
} from '@backstage/frontend-plugin-api';
import {
  createExtensionTester,
  mockApis,
  registerMswTestHooks,
  renderInTestApp,
  renderTestApp,
} from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { EntityCardBlueprint } from '@backstage/plugin-catalog-react/alpha';
import { FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';
import { ANNOTATION_BASE } from '@forkyard/plugin-forks-common';
import forksPlugin from './index';
import { aboutForkCard } from './extensions/entityCards';
import {
  baseApplicationPickerField,
  forkNameField,
  forkPlanField,
  forkSecretsField,
} from './extensions/formFields';
import { forksApiMock } from './__testUtils__/forksApiMock';
import { ana } from './__testUtils__/renderPage';
import {
  makeFork,
  makeProvisioning,
  makeSummary,
} from './__testUtils__/samples';
import { forksApiRef } from './api/forksApiRef';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/AboutForkCard';
import './components/BaseApplicationPicker';
import './components/ForkNameField';
import './components/ForkPlanField';
import './components/ForkSecretsField';
import './components/ForksHomeSection';
import './components/ForksRouter';

const baseUrl = 'http://backend.example.com/api/forks';
const server = setupServer();

const apis = [
  mockApis.discovery({ baseUrl: 'http://backend.example.com' }),
  ana,
] as const;

describe('the forks plugin', () => {
  registerMswTestHooks(server);

  it('shows the portfolio that the backend answers', async () => {
    const asked: string[] = [];
    server.use(
      http.get(`${baseUrl}/summary`, () => HttpResponse.json(makeSummary())),
      http.get(`${baseUrl}/forks`, ({ request }) => {
        asked.push(new URL(request.url).search);
        return HttpResponse.json({ items: [makeFork()], totalItems: 1 });
      }),
    );
    renderTestApp({
      features: [forksPlugin],
      initialRouteEntries: ['/forks?status=healthy'],
      mountedRoutes: { '/catalog/:namespace/:kind/:name': entityRouteRef },
      apis,
    });
    expect(
      await screen.findByText('image-studio', undefined, { timeout: 10_000 }),
    ).toBeVisible();
    expect(asked[0]).toBe('?sort=status&order=asc&limit=25&status=healthy');
  });

  it('shows what the backend says when it refuses', async () => {
    server.use(
      http.get(`${baseUrl}/summary`, () => HttpResponse.json(makeSummary())),
      http.get(`${baseUrl}/forks`, () =>
        HttpResponse.json(
          {
            error: {
              name: 'NotAllowedError',
              message: 'Ask the platform team',
            },
            request: { method: 'GET', url: '/api/forks/forks' },
            response: { statusCode: 403 },
          },
          { status: 403 },
        ),
      ),
    );
    renderTestApp({
      features: [forksPlugin],
      initialRouteEntries: ['/forks'],
      apis,
    });
    expect(
      await screen.findByText('Ask the platform team', undefined, {
        timeout: 10_000,
      }),
    ).toBeVisible();
  });

  it('shows a provisioning at its address', async () => {
    server.use(
      http.get(`${baseUrl}/provisionings/p-1`, () =>
        HttpResponse.json(makeProvisioning()),
      ),
      http.get(`${baseUrl}/provisionings/p-1/log`, () =>
        HttpResponse.json({ items: [] }),
      ),
    );
    renderTestApp({
      features: [forksPlugin],
      initialRouteEntries: ['/forks/provisionings/p-1'],
      apis,
    });
    expect(
      await screen.findByRole('list', { name: 'Steps' }, { timeout: 10_000 }),
    ).toBeVisible();
  });

  it('gives its section to a home page that takes sections', async () => {
    const home = createFrontendPlugin({
      pluginId: 'home',
      extensions: [
        PageBlueprint.makeWithOverrides({
          inputs: {
            sections: createExtensionInput([coreExtensionData.reactElement]),
          },
          factory: (original, { inputs }) =>
            original({
              path: '/',
              loader: async () => (
                <>
                  {inputs.sections.map(section => (
                    <div key={section.node.spec.id}>
                      {section.get(coreExtensionData.reactElement)}
                    </div>
                  ))}
                </>
              ),
            }),
        }),
      ],
    });
    server.use(
      http.get(`${baseUrl}/provisionings`, () =>
        HttpResponse.json({ items: [] }),
      ),
      http.get(`${baseUrl}/forks`, () => HttpResponse.json({ items: [] })),
    );
    renderTestApp({
      features: [forksPlugin, home],
      initialRouteEntries: ['/'],
      apis,
    });
    expect(
      await screen.findByText('You have no forks yet', undefined, {
        timeout: 10_000,
      }),
    ).toBeVisible();
  });
});

describe('the card on an entity', () => {
  const entity = {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: { name: 'image-studio' },
  };

  it('is for entities that name the base they were forked from', () => {
    const isFor = createExtensionTester(aboutForkCard).get(
      EntityCardBlueprint.dataRefs.filterFunction,
    );
    const annotations = { [ANNOTATION_BASE]: 'acme/base-app@3f2c1a9' };
    expect(isFor?.(entity)).toBe(false);
    expect(
      isFor?.({ ...entity, metadata: { ...entity.metadata, annotations } }),
    ).toBe(true);
  });

  it('loads', async () => {
    const forksApi = forksApiMock({ getFork: async () => makeFork() });
    renderInTestApp(
      <EntityProvider entity={entity}>
        {createExtensionTester(aboutForkCard, {
          apis: [[forksApiRef, forksApi]],
        }).reactElement()}
      </EntityProvider>,
      { apis: [[forksApiRef, forksApi]] },
    );
    await waitFor(
      () => expect(screen.getByText('About this fork')).toBeVisible(),
      { timeout: 10_000 },
    );
  });
});

describe('the fields of the form', () => {
  const { formFieldLoader } = FormFieldBlueprint.dataRefs;

  it('carry the names that the template uses', async () => {
    const loaders = [
      createExtensionTester(forkNameField).get(formFieldLoader),
      createExtensionTester(baseApplicationPickerField).get(formFieldLoader),
      createExtensionTester(forkSecretsField).get(formFieldLoader),
      createExtensionTester(forkPlanField).get(formFieldLoader),
    ];
    expect(await Promise.all(loaders.map(load => load()))).toMatchObject([
      { name: 'ForkName' },
      { name: 'BaseApplicationPicker' },
      { name: 'ForkSecrets' },
      { name: 'ForkPlan' },
    ]);
  });
});
