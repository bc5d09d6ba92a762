/**
 * Runs card and tab alone, against rollouts in memory:
 * `npm start -w @forkyard/plugin-deployments`, then open
 * /catalog/default/component/image-studio. Beside it there is an entity for
 * each of the scenarios. Delivery performance is at /dora/component/image-studio,
 * /dora/group/platform, and of entities named `new`, `empty` and `broken`.
 */
import './styles.css';
import { createRoot } from 'react-dom/client';
import { useParams } from 'react-router-dom';
import { Content, Page } from '@backstage/core-components';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import {
  EntityProvider,
  entityRouteRef,
} from '@backstage/plugin-catalog-react';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import { permissionApiRef } from '@backstage/plugin-permission-react';
import deploymentsPlugin, {
  deploymentsApiRef,
  doraApiRef,
  rolloutsApiRef,
} from '../src';
import { alertsApiRef } from '../src/api/alertsApiRef';
import { DeploymentsCard } from '../src/components/DeploymentsCard';
import { DeploymentsContent } from '../src/components/DeploymentsContent';
import { DoraContent } from '../src/components/DoraContent';
import { MemoryDeploymentsApi } from './MemoryDeploymentsApi';
import { MemoryDoraApi } from './MemoryDoraApi';
import { MemoryRolloutsApi } from './MemoryRolloutsApi';
import { scenarios } from './scenarios';

const inMemory = createFrontendModule({
  pluginId: 'deployments',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: deploymentsApiRef,
          deps: {},
          factory: () => new MemoryDeploymentsApi(),
        }),
    }),
    ApiBlueprint.make({
      name: 'rollouts',
      params: define =>
        define({
          api: rolloutsApiRef,
          deps: {},
          factory: () => new MemoryRolloutsApi(),
        }),
    }),
    ApiBlueprint.make({
      name: 'alerts',
      params: define =>
        define({
          api: alertsApiRef,
          deps: {},
          factory: () => ({ listAlerts: async () => ({ items: [] }) }),
        }),
    }),
    ApiBlueprint.make({
      name: 'dora',
      params: define =>
        define({
          api: doraApiRef,
          deps: {},
          factory: () => new MemoryDoraApi(),
        }),
    }),
  ],
});

const permissionsInMemory = createFrontendModule({
  pluginId: 'app',
  extensions: [
    ApiBlueprint.make({
      name: 'permission',
      params: define =>
        define({
          api: permissionApiRef,
          deps: {},
          factory: () => ({
            authorize: async ({ permission, resourceRef = '' }) => {
              const denied =
                resourceRef.endsWith('/denied-studio') ||
                (resourceRef.endsWith('/reader-studio') &&
                  permission.name !== 'deployments.deployment.read');
              return {
                result: denied ? AuthorizeResult.DENY : AuthorizeResult.ALLOW,
              };
            },
          }),
        }),
    }),
  ],
});

function Scenario() {
  const { name = 'image-studio' } = useParams();
  return (
    <Page themeId="tool">
      <Content>
        <p>{scenarios[name as keyof typeof scenarios] ?? name}</p>
        <EntityProvider
          entity={{
            apiVersion: 'backstage.io/v1alpha1',
            kind: 'Component',
            metadata: {
              name,
              annotations: { 'vercel.com/project-id': name },
            },
          }}
        >
          {/* A card is as tall as its cell. */}
          <div>
            <DeploymentsCard />
          </div>
          <DeploymentsContent />
        </EntityProvider>
      </Content>
    </Page>
  );
}

function Delivery() {
  const { kind = 'component', name = 'image-studio' } = useParams();
  return (
    <Page themeId="tool">
      <Content>
        <EntityProvider
          entity={{
            apiVersion: 'backstage.io/v1alpha1',
            kind,
            metadata: { name },
          }}
        >
          <DoraContent />
        </EntityProvider>
      </Content>
    </Page>
  );
}

/** Stands where the catalog would be: one page with card and tab. */
const catalog = createFrontendPlugin({
  pluginId: 'catalog',
  routes: { catalogEntity: entityRouteRef },
  extensions: [
    PageBlueprint.make({
      name: 'entity',
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => <Scenario />,
      },
    }),
    PageBlueprint.make({
      name: 'dora',
      params: {
        path: '/dora/:kind/:name',
        loader: async () => <Delivery />,
      },
    }),
  ],
});

const config = mockApis.config({
  data: {
    app: {
      title: 'Deployments',
      baseUrl: window.location.origin,
      // Everyone is the guest, without a page that asks.
      extensions: [{ 'sign-in-page:app': false }],
    },
    backend: { baseUrl: window.location.origin },
  },
});

const app = createApp({
  features: [catalog, deploymentsPlugin, inMemory, permissionsInMemory],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
