/**
 * Runs the card and the tab alone, on Backstage's own entity page, against
 * findings in memory: `npm start -w @forkyard/plugin-security-findings`, then
 * open /catalog/default/component/image-studio. Beside it, empty-studio has no
 * findings and the counts of broken-studio cannot be read.
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
import securityFindingsPlugin, { securityFindingsApiRef } from '../src';
import { MemorySecurityFindingsApi } from './MemorySecurityFindingsApi';

const entities = ['image-studio', 'empty-studio', 'broken-studio'].map(
  name => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'github.com/project-slug': `acme/${name}` },
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: 'group:default/platform',
    },
  }),
);

const findingsInMemory = createFrontendModule({
  pluginId: 'security-findings',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: securityFindingsApiRef,
          deps: {},
          factory: () => new MemorySecurityFindingsApi(),
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
      title: 'Security findings',
      baseUrl: window.location.origin,
      // Everyone is the guest, without a page that asks.
      extensions: [{ 'sign-in-page:app': false }],
    },
    backend: { baseUrl: window.location.origin },
  },
});

const app = createApp({
  features: [
    catalogPlugin,
    catalogInMemory,
    securityFindingsPlugin,
    findingsInMemory,
  ],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
