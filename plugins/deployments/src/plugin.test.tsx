import {
  createExtensionTester,
  renderInTestApp,
} from '@backstage/frontend-test-utils';
import { coreExtensionData } from '@backstage/frontend-plugin-api';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import { screen } from '@testing-library/react';
import plugin, { deploymentsApiRef, rolloutsApiRef } from '.';
import { alertsApiRef } from './api/alertsApiRef';
import { deploymentsCard } from './extensions/entityCards';
import { deploymentsContent } from './extensions/entityContents';
import { createAlertsApi } from './__testUtils__/createAlertsApi';
import { createRolloutsApi } from './__testUtils__/createRolloutsApi';
import { createDeploymentsApi, entity } from './__testUtils__/deployments';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/DeploymentsCard';
import './components/DeploymentsContent';

const apis = [
  [deploymentsApiRef, createDeploymentsApi()],
  [rolloutsApiRef, createRolloutsApi()],
  [alertsApiRef, createAlertsApi()],
] as const;
const plain = { ...entity, metadata: { name: 'plain' } };

describe('the extensions of the plugin', () => {
  it('bring the port, the card and the tab', () => {
    expect(plugin.pluginId).toBe('deployments');
    for (const id of [
      'api:deployments',
      'api:deployments/rollouts',
      'api:deployments/alerts',
      'entity-card:deployments/overview',
      'entity-content:deployments',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('show the card on entities that name a project, and on no others', async () => {
    const tester = createExtensionTester(deploymentsCard, { apis });
    const filter = tester.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect(filter?.(entity)).toBe(true);
    expect(filter?.(plain)).toBe(false);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByText('Production serves 3f2c1a9.'),
    ).toBeInTheDocument();
  });

  it('show the tab at /deployments of such an entity', async () => {
    const tester = createExtensionTester(deploymentsContent, { apis });
    expect(tester.get(coreExtensionData.routePath)).toBe('/deployments');
    expect(
      tester.get(EntityContentBlueprint.dataRefs.filterFunction)?.(plain),
    ).toBe(false);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByRole('region', { name: 'Production' }),
    ).toBeInTheDocument();
  });
});
