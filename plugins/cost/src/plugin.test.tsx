import { coreExtensionData } from '@backstage/frontend-plugin-api';
import {
  createExtensionTester,
  renderInTestApp,
} from '@backstage/frontend-test-utils';
import { EntityProvider } from '@backstage/plugin-catalog-react';
import {
  EntityCardBlueprint,
  EntityContentBlueprint,
} from '@backstage/plugin-catalog-react/alpha';
import { screen } from '@testing-library/react';
import plugin, { costApiRef } from '.';
import { createCostApi, entity, group } from './__testUtils__/costs';
import { costCard } from './extensions/entityCards';
import { costContent, groupCostContent } from './extensions/entityContents';
// What the extensions load lazily is loaded before the tests, whose patience is
// for what it does then.
import './components/CostCard';

const apis = [[costApiRef, createCostApi()]] as const;
const plain = { ...entity, metadata: { name: 'plain' } };

describe('the extensions of the plugin', () => {
  it('bring the port, the card and the tabs', () => {
    expect(plugin.pluginId).toBe('cost');
    for (const id of [
      'api:cost',
      'page:cost/bill',
      'entity-card:cost/month',
      'entity-content:cost',
      'entity-content:cost/group',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
  });

  it('show the card on entities that name a project, and on no others', async () => {
    const tester = createExtensionTester(costCard, { apis });
    const filter = tester.get(EntityCardBlueprint.dataRefs.filterFunction);
    expect([entity, plain, group].map(e => filter?.(e))).toEqual([
      true,
      false,
      false,
    ]);
    renderInTestApp(
      <EntityProvider entity={entity}>{tester.reactElement()}</EntityProvider>,
      { apis },
    );
    expect(await screen.findByText(/^\$12.40 this month/)).toBeInTheDocument();
  });

  it('show a tab at /cost of such entities, and another one of teams', () => {
    const ofEntities = createExtensionTester(costContent, { apis });
    const ofTeams = createExtensionTester(groupCostContent, { apis });
    const { routePath } = coreExtensionData;
    const { filterFunction } = EntityContentBlueprint.dataRefs;
    expect([ofEntities.get(routePath), ofTeams.get(routePath)]).toEqual([
      '/cost',
      '/cost',
    ]);
    const all = [entity, plain, group];
    expect(all.map(e => ofEntities.get(filterFunction)?.(e))).toEqual([
      true,
      false,
      false,
    ]);
    expect(all.map(e => ofTeams.get(filterFunction)?.(e))).toEqual([
      false,
      false,
      true,
    ]);
  });
});
