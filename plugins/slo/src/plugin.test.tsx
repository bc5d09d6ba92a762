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
import plugin, { deploymentHistoryApiRef, sloApiRef } from '.';
import { errorBudgetCard } from './extensions/entityCards';
import { sloContent } from './extensions/entityContents';
import { createSloApi, entity } from './__testUtils__/slos';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/ErrorBudgetCard';
import './components/SloContent';

const apis = [
  [sloApiRef, createSloApi()],
  [deploymentHistoryApiRef, { listDeployments: async () => ({ items: [] }) }],
] as const;

function withAnnotations(annotations: Record<string, string>) {
  return { ...entity, metadata: { name: 'other', annotations } };
}

describe('the extensions of the plugin', () => {
  it('bring the ports, the card and the tab', () => {
    expect(plugin.pluginId).toBe('slo');
    for (const id of [
      'api:slo',
      'api:slo/deployment-history',
      'entity-card:slo/error-budget',
      'entity-content:slo',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('show the card on entities with a project or an OpenSLO file, and on no others', async () => {
    const tester = createExtensionTester(errorBudgetCard, { apis });
    const filter = tester.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect(filter?.(withAnnotations({ 'vercel.com/project-id': 'x' }))).toBe(
      true,
    );
    expect(filter?.(withAnnotations({ 'forkyard.dev/slo': '' }))).toBe(true);
    expect(filter?.(withAnnotations({ 'forkyard.dev/budget': '50' }))).toBe(
      false,
    );
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByRole('meter', { name: 'Requests that do not fail' }),
    ).toBeInTheDocument();
  });

  it('show the tab at /slos of such an entity', async () => {
    const tester = createExtensionTester(sloContent, { apis });
    expect(tester.get(coreExtensionData.routePath)).toBe('/slos');
    expect(
      tester.get(EntityContentBlueprint.dataRefs.filterFunction)?.(
        withAnnotations({}),
      ),
    ).toBe(false);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByRole('region', { name: 'Production traffic' }),
    ).toBeInTheDocument();
  });
});
