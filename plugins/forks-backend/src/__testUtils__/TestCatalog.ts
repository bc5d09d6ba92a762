import type { Location } from '@backstage/catalog-client';
import { ConflictError } from '@backstage/errors';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';

/** A catalog that has what its locations name, without reading them. */
export class TestCatalog {
  readonly entityRefs = new Set(['group:default/platform']);
  readonly targets: string[] = [];
  failure?: Error;

  readonly service = catalogServiceMock.mock({
    getEntityByRef: async ref => {
      if (this.failure) throw this.failure;
      if (!this.entityRefs.has(String(ref))) return undefined;
      return {
        apiVersion: 'backstage.io/v1alpha1',
        kind: 'Component',
        metadata: { name: String(ref) },
      };
    },
    addLocation: async ({ target }) => {
      if (this.failure) throw this.failure;
      if (this.targets.includes(target)) {
        throw Object.assign(new ConflictError('exists'), { statusCode: 409 });
      }
      this.targets.push(target);
      this.entityRefs.add(entityRefOf(target));
      return { location: toLocation(target), entities: [] };
    },
    getLocationByRef: async ref => {
      const target = ref.replace(/^url:/, '');
      return this.targets.includes(target) ? toLocation(target) : undefined;
    },
    removeLocationById: async id => {
      this.targets.splice(this.targets.indexOf(id), 1);
      this.entityRefs.delete(entityRefOf(id));
    },
  });
}

function entityRefOf(target: string): string {
  return `component:default/${target.match(/([^/]+)\/blob\//)?.[1]}`;
}

function toLocation(target: string): Location {
  return { id: target, type: 'url', target, entityRef: `location:x/${target}` };
}
