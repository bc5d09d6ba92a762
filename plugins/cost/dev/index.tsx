/**
 * Runs card and tabs alone, against a month in memory:
 * `npm start -w @forkyard/plugin-cost`, then open /catalog/default/component/shop.
 */
import { createRoot } from 'react-dom/client';
import type { Entity } from '@backstage/catalog-model';
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
import type { CostApi } from '@forkyard/plugin-cost-common';
import costPlugin, { costApiRef } from '../src';
import { MemoryCostApi } from './MemoryCostApi';

const costInMemory = createFrontendModule({
  pluginId: 'cost',
  extensions: [
    ApiBlueprint.make({
      params: defineParams =>
        defineParams({
          api: costApiRef,
          deps: {},
          // The pages ask for nothing else.
          factory: () => new MemoryCostApi() as Partial<CostApi> as CostApi,
        }),
    }),
  ],
});

const shop: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: { name: 'shop', annotations: { 'vercel.com/project-id': 'shop' } },
};
const team: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Group',
  metadata: { name: 'platform' },
};

/** Stands where the catalog would be: one page with card and tabs. */
const catalog = createFrontendPlugin({
  pluginId: 'catalog',
  routes: { catalogEntity: entityRouteRef },
  extensions: [
    PageBlueprint.make({
      name: 'entity',
      params: {
        path: '/catalog/:namespace/:kind/:name',
        routeRef: entityRouteRef,
        loader: async () => {
          const [{ CostCard }, { CostContent }, { GroupCostContent }] =
            await Promise.all([
              import('../src/components/CostCard'),
              import('../src/components/CostContent'),
              import('../src/components/GroupCostContent'),
            ]);
          return (
            <main style={{ padding: 24 }}>
              <EntityProvider entity={shop}>
                <CostCard />
                <CostContent />
              </EntityProvider>
              <EntityProvider entity={team}>
                <GroupCostContent />
              </EntityProvider>
            </main>
          );
        },
      },
    }),
  ],
});

const config = mockApis.config({
  data: {
    app: {
      title: 'Cost',
      baseUrl: window.location.origin,
      // Everyone is the guest, without a page that asks.
      extensions: [{ 'sign-in-page:app': false }],
    },
    backend: { baseUrl: window.location.origin },
  },
});

const app = createApp({
  features: [catalog, costPlugin, costInMemory],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
