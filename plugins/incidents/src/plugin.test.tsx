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
import plugin, { incidentsApiRef } from '.';
import { alertsCard } from './extensions/entityCards';
import { runbooksContent } from './extensions/entityContents';
import { firingHomeSection } from './extensions/homeSections';
import { createIncidentsApi, entity } from './__testUtils__/incidents';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/AlertsCard';
import './components/FiringHomeSection';
import './components/RunbooksContent';

const apis = [[incidentsApiRef, createIncidentsApi()]] as const;

function withAnnotations(annotations: Record<string, string>) {
  return { ...entity, metadata: { name: 'other', annotations } };
}

describe('the extensions of the plugin', () => {
  it('bring the port, the card, the tab and the section of the home page', () => {
    expect(plugin.pluginId).toBe('incidents');
    for (const id of [
      'api:incidents',
      'entity-card:incidents/alerts',
      'entity-content:incidents',
      'home-section:incidents',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('show the card on entities with a project or runbooks, and on no others', async () => {
    const tester = createExtensionTester(alertsCard, { apis });
    const filter = tester.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect(filter?.(withAnnotations({ 'vercel.com/project-id': 'x' }))).toBe(
      true,
    );
    expect(filter?.(withAnnotations({ 'forkyard.dev/runbooks': 'ops' }))).toBe(
      true,
    );
    expect(filter?.(withAnnotations({ 'forkyard.dev/slo': 'slo.yaml' }))).toBe(
      false,
    );
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByText('Requests that do not fail'),
    ).toBeInTheDocument();
  });

  it('show the tab at /runbooks of such an entity', async () => {
    const tester = createExtensionTester(runbooksContent, { apis });
    expect(tester.get(coreExtensionData.routePath)).toBe('/runbooks');
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
      await screen.findByRole('region', { name: 'Runbooks' }),
    ).toBeInTheDocument();
  });

  it('show on the home page what fires', async () => {
    renderInTestApp(
      createExtensionTester(firingHomeSection, { apis }).reactElement(),
      { apis },
    );
    expect(await screen.findByText('Firing now')).toBeInTheDocument();
  });
});
