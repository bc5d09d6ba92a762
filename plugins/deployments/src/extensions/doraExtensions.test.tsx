import { coreExtensionData } from '@backstage/frontend-plugin-api';
import { createExtensionTester } from '@backstage/frontend-test-utils';
import { EntityContentBlueprint } from '@backstage/plugin-catalog-react/alpha';
import plugin from '..';
import { entity } from '../__testUtils__/deployments';
import { doraContent } from './doraExtensions';

describe('the extensions of delivery performance', () => {
  it('bring the port, and a tab on what is deployed, on teams and on systems', () => {
    for (const id of [
      'api:deployments/dora',
      'entity-content:deployments/dora',
    ] as const) {
      expect(plugin.getExtension(id)).toBeDefined();
    }
    const tester = createExtensionTester(doraContent);
    expect(tester.get(coreExtensionData.routePath)).toBe('/dora');
    const filter = tester.get(EntityContentBlueprint.dataRefs.filterFunction);
    const shown = (kind: string, annotations = {}) =>
      filter?.({ ...entity, kind, metadata: { name: 'one', annotations } });
    expect(filter?.(entity)).toBe(true);
    expect(
      ['Group', 'System', 'Component', 'User'].map(kind => shown(kind)),
    ).toEqual([true, true, false, false]);
  });
});
