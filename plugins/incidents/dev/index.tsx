/**
 * Runs the card, the tab and the section of the home page alone, against alerts
 * and runbooks in memory: `npm start -w @forkyard/plugin-incidents`, then open
 * /catalog/default/component/image-studio/runbooks. Beside it, empty-studio has
 * neither, and the repository of broken-studio is away. The start page is a home
 * page with what fires.
 */
import './styles.css';
import { createRoot } from 'react-dom/client';
import { createApp } from '@backstage/frontend-defaults';
import {
  ApiBlueprint,
  coreExtensionData,
  createExtensionInput,
  createFrontendModule,
  createFrontendPlugin,
  PageBlueprint,
} from '@backstage/frontend-plugin-api';
import { mockApis } from '@backstage/frontend-test-utils';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { catalogApiMock } from '@backstage/plugin-catalog-react/testUtils';
import Box from '@mui/material/Box';
import incidentsPlugin, { incidentsApiRef } from '../src';
import { MemoryIncidentsApi } from './MemoryIncidentsApi';

const entities = ['image-studio', 'empty-studio', 'broken-studio'].map(
  name => ({
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: { 'forkyard.dev/runbooks': 'runbooks' },
    },
    spec: {
      type: 'service',
      lifecycle: 'production',
      owner: 'group:default/platform',
    },
  }),
);

const incidentsInMemory = createFrontendModule({
  pluginId: 'incidents',
  extensions: [
    ApiBlueprint.make({
      params: define =>
        define({
          api: incidentsApiRef,
          deps: {},
          factory: () => new MemoryIncidentsApi(),
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
            <Box component="main" sx={{ p: 3 }}>
              {inputs.sections.map(section => (
                <div key={section.node.spec.id}>
                  {section.get(coreExtensionData.reactElement)}
                </div>
              ))}
            </Box>
          ),
        }),
    }),
  ],
});

const config = mockApis.config({
  data: {
    app: {
      title: 'Alerts and runbooks',
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
    incidentsPlugin,
    incidentsInMemory,
    home,
  ],
  advanced: { configLoader: async () => ({ config }) },
});
const container = document.getElementById('root');
if (container) createRoot(container).render(app.createRoot());
