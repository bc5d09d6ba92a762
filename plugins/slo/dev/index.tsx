/**
 * Runs the card and the tab alone, on Backstage's own entity page, against
 * SLOs in memory: `npm start -w @forkyard/plugin-slo`, then open
 * /catalog/default/component/image-studio. Beside it, empty-studio has no SLOs
 * and broken-studio has mistakes in its file.
 */
import './styles.css';
import { createRoot } from 'react-dom/client';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  createFrontendModule,
} from '@backstage/frontend-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import sloPlugin, { deploymentHistoryApiRef, sloApiRef } from '../src';
import { listDeployments, MemorySloApi } from './MemorySloApi';

const entities = ['image-studio', 'empty-studio', 'broken-studio'].map(
  name => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'vercel.com/project-id': name },
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: 'group:default/platform',
    },
  }),
);

const slosInMemory = createFrontendModule({
  pluginId: 'slo',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: sloApiRef,
          deps: {},
          factory: () => new MemorySloApi(),
        }),
    }),
    ApiBlueprint.make({
      name: 'deployment-history',
      params: define =>
        define({
          api: deploymentHistoryApiRef,
          deps: {},
          factory: () => ({ listDeployments }),
        }),
    }),
  ],
});

const catalogInMemory = createFrontendModule({
  pluginId: 'catalog',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: catalogApiRef,
          deps: {},
          factory: () => catalogApiMock({ entities }),
        }),
    }),
  ],
});

const config = mockApis.config({
  data: {
    app: {
      title: 'SLOs',
      baseUrl: window.location.origin,
      // Everyone is the guest, without a page that asks.
      extensions: [{ 'sign-in-page:app': false }],
    },
    backend: { baseUrl: window.location.origin },
  },
});

const app = createApp({
  features: [catalogPlugin, catalogInMemory, sloPlugin, slosInMemory],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
