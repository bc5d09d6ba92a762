import {
  mockServices,
  startTestBackend,
  TestDatabases,
} from '@backstage/backend-test-utils';
import { createBackendModule } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import catalogPlugin from '@backstage/plugin-catalog-backend';
import { catalogProcessingExtensionPoint } from '@backstage/plugin-catalog-node';
import catalogModuleForks from './index';

function component(name: string, annotations: Record<string, string>): Entity {
  return {
    apiVersion: 'backstage.io/v1alpha1',
    kind: 'Component',
    metadata: {
      name,
      namespace: 'default',
      annotations: {
        'backstage.io/managed-by-location': 'url:http://127.0.0.1:4391/acme',
        'backstage.io/managed-by-origin-location':
          'url:http://127.0.0.1:4391/acme',
        ...annotations,
      },
    },
    spec: { type: 'service', lifecycle: 'production', owner: 'platform' },
  };
}

/** Puts the given entities into the catalog. */
function entitiesModule(entities: Entity[]) {
  return createBackendModule({
    pluginId: 'catalog',
    moduleId: 'test-entities',
    register(registration) {
      registration.registerInit({
        deps: { catalog: catalogProcessingExtensionPoint },
        async init({ catalog }) {
          catalog.addEntityProvider({
            getProviderName: () => 'test-entities',
            connect: connection =>
              connection.applyMutation({
                type: 'full',
                entities: entities.map(entity => ({ entity })),
              }),
          });
        },
      });
    },
  });
}

describe('catalogModuleForks', () => {
  const databases = TestDatabases.create({ ids: ['POSTGRES_18'] });

  it('shows the lineage on both entities of the real catalog', async () => {
    const knex = await databases.init('POSTGRES_18');
    const backend = await startTestBackend({
      features: [
        catalogPlugin,
        catalogModuleForks,
        entitiesModule([
          component('base-app', {}),
          component('shop', { 'forkyard.dev/base': 'acme/base-app@0123456' }),
        ]),
        mockServices.database.factory({ knex }),
        mockServices.rootConfig.factory({
          data: { catalog: { stitchingStrategy: { mode: 'immediate' } } },
        }),
      ],
    });

    async function relationsOf(name: string): Promise<string[]> {
      const response = await fetch(
        `http://127.0.0.1:${backend.server.port()}/api/catalog/entities/by-name/component/default/${name}`,
        { headers: { authorization: 'Bearer mock-user-token' } },
      );
      const entity: Partial<Entity> = response.ok ? await response.json() : {};
      return (entity.relations ?? [])
        .filter(({ type }) => type === 'forkOf' || type === 'hasFork')
        .map(({ type, targetRef }) => `${type} ${targetRef}`);
    }

    async function untilRelated(name: string): Promise<string[]> {
      for (;;) {
        const relations = await relationsOf(name);
        if (relations.length > 0) return relations;
        await new Promise(resolve => setImmediate(resolve));
      }
    }

    try {
      expect(await untilRelated('shop')).toEqual([
        'forkOf component:default/base-app',
      ]);
      expect(await untilRelated('base-app')).toEqual([
        `hasFork ${stringifyEntityRef({ kind: 'component', name: 'shop' })}`,
      ]);
    } finally {
      await backend.stop();
    }
  });
});
