import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parse } from '@forkyard/backend-kit';
import {
  forkCreatePermission,
  forkRequestSchema,
} from '@forkyard/plugin-forks-common';
import type { ProvisioningService } from '../services/ProvisioningService';

/**
 * Registers the action that creates a fork. Secrets are not taken: a
 * conversation is no place for them.
 */
export function createCreateForkAction(options: {
  actionsRegistry: ActionsRegistryService;
  provisionings: ProvisioningService;
}): void {
  options.actionsRegistry.register({
    name: 'create-fork',
    title: 'Create a fork',
    description: [
      'Makes a base application into a running product of its own: a repository with the history of the base, a project at the hosting provider, a database, a production deployment and a catalog page.',
      'Returns at once with the id of the provisioning; call get-fork with the name to follow it. Repeating the call with the same input gives the same provisioning.',
      'The base application is "owner/repo"; the owner is the entity ref of a group or user.',
    ].join('\n'),
    visibilityPermission: forkCreatePermission,
    attributes: { destructive: false, idempotent: true, readOnly: false },
    schema: {
      input: z =>
        z.object({
          name: z
            .string()
            .describe('2 to 48 lower case letters, digits and hyphens'),
          title: z.string().describe('Name for people'),
          description: z.string().optional().describe('What it is for'),
          owner: z.string().describe('For example group:default/platform'),
          system: z.string().optional().describe('Entity ref of a system'),
          baseApplication: z.string().describe('For example acme/base-app'),
          domain: z.string().optional().describe('Domain of its own'),
          sloTier: z.enum(['standard', 'critical']).optional(),
          monthlyBudgetUsd: z.number().optional(),
        }),
      output: z =>
        z.object({
          provisioningId: z.string(),
          state: z.string(),
          entityRef: z.string(),
        }),
    },
    action: async ({ input, credentials }) => {
      const request = parse(forkRequestSchema, input);
      const { provisioning } = await options.provisionings.provisionFork(
        { request },
        { credentials },
      );
      return {
        output: {
          provisioningId: provisioning.id,
          state: provisioning.state,
          entityRef: provisioning.entityRef,
        },
      };
    },
  });
}
