import { toForkEntityRef } from '@forkyard/plugin-forks-common';
import type { RegistrationSource } from '../sources/RegistrationSource';
import { poll } from './poll';
import { FORK_BRANCH } from './repositoryStep';
import { CATALOG_FILE } from './rewriteForkFiles';
import { getFact, type Step, type StepContext } from './Step';

/**
 * Makes the catalog read the fork's own `catalog-info.yaml`.
 */
export function createRegistrationStep(options: {
  registration: RegistrationSource;
}): Step {
  const { registration } = options;
  return {
    id: 'registration',
    title: 'Register in the catalog',
    timeLimitSeconds: 120,

    plan: ({ name }) => ({
      resources: [{ kind: 'entity', name: toForkEntityRef(name) }],
      undo: [
        {
          operation: 'unregister',
          kind: 'entity',
          name: toForkEntityRef(name),
        },
      ],
    }),

    async run(context) {
      const entityRef = toForkEntityRef(context.request.name);
      await registration.registerLocation({ target: locationOf(context) });
      await poll(
        async () => (await registration.hasEntity({ entityRef })) || undefined,
        { signal: context.signal },
      );
      context.log(`The catalog has ${entityRef}`);
      return { resources: [{ kind: 'entity', name: entityRef }] };
    },

    async undo(context) {
      if (!context.facts.repositoryUrl) return;
      await registration.unregisterLocation({ target: locationOf(context) });
      context.log('Removed the fork from the catalog');
    },
  };
}

function locationOf(context: StepContext): string {
  return `${getFact(context, 'repositoryUrl')}/blob/${FORK_BRANCH}/${CATALOG_FILE}`;
}
