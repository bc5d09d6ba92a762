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
import plugin, { securityFindingsApiRef } from '.';
import { createFindingsApi, entity } from './__testUtils__/findings';
import { findingsCard } from './extensions/entityCards';
import { securityContent } from './extensions/entityContents';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/FindingsCard';
import './components/SecurityContent';

const apis = [[securityFindingsApiRef, createFindingsApi()]] as const;
const plain = { ...entity, metadata: { name: 'plain' } };
const user = { ...entity, kind: 'User' };

describe('the extensions of the plugin', () => {
  it('bring the port, the card and the tab', () => {
    expect(plugin.pluginId).toBe('security-findings');
    for (const id of [
      'api:security-findings',
      'entity-card:security-findings/overview',
      'entity-content:security-findings',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('show the card on components with a repository, and on nothing else', async () => {
    const tester = createExtensionTester(findingsCard, { apis });
    const filter = tester.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect(filter?.(entity)).toBe(true);
    expect(filter?.(plain)).toBe(false);
    expect(filter?.(user)).toBe(false);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByText('1 critical, 1 high, 1 overdue.'),
    ).toBeInTheDocument();
  });

  it('show the tab at /security of such a component', async () => {
    const tester = createExtensionTester(securityContent, { apis });
    expect(tester.get(coreExtensionData.routePath)).toBe('/security');
    expect(
      tester.get(EntityContentBlueprint.dataRefs.filterFunction)?.(plain),
    ).toBe(false);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(
      await screen.findByRole('region', { name: 'Sources' }),
    ).toBeInTheDocument();
  });
});
