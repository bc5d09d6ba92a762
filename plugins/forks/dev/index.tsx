/**
 * Runs the pages alone, against forks in memory:
 * `npm start -w @forkyard/plugin-forks`, then open /forks.
 */
import { createRoot } from 'react-dom/client';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import { entityRouteRef } from '@backstage/plugin-catalog-react';
import forksPlugin, { forksApiRef } from '../src';
import { MemoryForksApi } from './MemoryForksApi';

const forksInMemory = createFrontendModule({
  pluginId: 'forks',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: forksApiRef,
          deps: {},
          factory: () => new MemoryForksApi(),
        }),
    }),
  ],
});

/** Stands where the catalog would be, so that links to it lead somewhere. */
const catalog = createFrontendPlugin({
  pluginId: 'catalog',
  routes: { catalogEntity: entityRouteRef },
  extensions: [
    PageBlueprint.make({
      name: 'entity',
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => <p>The catalog page of the fork</p>,
      },
    }),
  ],
});

const config = mockApis.config({
  data: {
    app: {
      title: 'Forks',
      baseUrl: window.location.origin,
      // Everyone is the guest, without a page that asks.
      extensions: [{ 'sign-in-page:app': false }],
    },
    backend: { baseUrl: window.location.origin },
  },
});

const app = createApp({
  features: [catalog, forksPlugin, forksInMemory],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
