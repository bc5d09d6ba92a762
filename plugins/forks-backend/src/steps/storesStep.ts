import type { StoreSource } from '../sources/HostingSource';
import { storeName } from './markers';
import { getFact, type Step } from './Step';
import { StepFailedError } from './StepFailedError';

/** Which store every fork gets. */
export interface StoreKind {
  integration: string;
  product: string;
}

/**
 * Makes the fork's own database and connects it to the project, which adds the
 * variables that lead to it.
 */
export function createStoresStep(options: {
  stores: StoreSource;
  store: StoreKind | undefined;
}): Step {
  const { stores, store } = options;
  return {
    id: 'stores',
    title: 'Create the database',
    timeLimitSeconds: 180,

    plan({ name }, provisioningId) {
      if (!store) return { resources: [], undo: [] };
      const resource = {
        kind: 'store',
        name: storeName(name, store.product, provisioningId),
      };
      return {
        resources: [resource],
        undo: [{ operation: 'delete', ...resource }],
      };
    },

    async run(context) {
      if (!store) return { skipped: 'No store is configured for forks' };
      const name = storeName(
        context.request.name,
        store.product,
        context.provisioning.id,
      );
      const projectId = getFact(context, 'projectId');
      const storeId = await getOrCreate(name);
      await context.checkpoint({ storeId });
      await stores.connectStore({ ...store, storeId, projectId });
      context.log(`Connected store ${name} to the project`);
      return {
        resources: [{ kind: 'store', name, externalId: storeId }],
        facts: { storeId },
      };

      async function getOrCreate(wanted: string): Promise<string> {
        if (context.facts.storeId) return context.facts.storeId;
        const found = await stores.findStore({ name: wanted });
        if (found) {
          context.log(`Store ${wanted} was made by an earlier attempt`);
          return found.id;
        }
        try {
          const created = await stores.createStore({
            ...store!,
            name: wanted,
            externalId: context.provisioning.id,
          });
          context.log(`Created store ${wanted}`);
          return created.id;
        } catch (error) {
          const made = await stores.findStore({ name: wanted });
          if (!made) throw error;
          return made.id;
        }
      }
    },

    async undo(context) {
      const known = context.facts.storeId;
      if (!store && known) throw notConfigured(known);
      if (!store) return;
      const name = storeName(
        context.request.name,
        store.product,
        context.provisioning.id,
      );
      const storeId = known ?? (await stores.findStore({ name }))?.id;
      if (!storeId) return;
      await stores.deleteStore({ storeId });
      context.log(`Deleted store ${name}`);
    },
  };
}

function notConfigured(storeId: string): Error {
  return new StepFailedError({
    message: `Store '${storeId}' was made for this fork, but 'forks.hosting.store' is not configured any more, so it was not deleted`,
    action: "Configure 'forks.hosting.store' again, then unwind again",
    retryable: true,
  });
}
