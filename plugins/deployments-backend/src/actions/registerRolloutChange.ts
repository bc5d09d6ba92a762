import type {
  AuditorService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import type { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { audited, parse } from '@forkyard/backend-kit';
import type {
  Rollout,
  RolloutActionRequest,
} from '@forkyard/plugin-deployments-common';
import { z as zod } from 'zod';
import {
  rolloutCommentSchema,
  rolloutIdSchema,
} from '../router/rolloutSchemas';
import { rolloutOutputSchema, toRolloutOutput } from './rolloutOutput';

const inputSchema = zod.object({
  ...rolloutIdSchema.shape,
  ...rolloutCommentSchema.shape,
});

/**
 * Registers an action that changes a rollout, with the same audit event as its
 * route.
 */
export function registerRolloutChange(options: {
  actionsRegistry: ActionsRegistryService;
  auditor: AuditorService;
  verb: 'pause' | 'resume' | 'promote' | 'abort';
  title: string;
  description: string;
  destructive: boolean;
  run(
    request: RolloutActionRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<Rollout>;
}): void {
  const { actionsRegistry, auditor, verb, title, description, run } = options;
  actionsRegistry.register({
    name: `${verb}-rollout`,
    title,
    description,
    attributes: {
      destructive: options.destructive,
      idempotent: false,
      readOnly: false,
    },
    schema: {
      input: z =>
        z.object({
          id: z.string().describe('Id of the rollout'),
          comment: z.string().optional().describe('Kept with the change'),
        }),
      output: rolloutOutputSchema,
    },
    action: async ({ input, credentials }) => {
      const request = parse(inputSchema, input);
      const rollout = await audited(
        auditor,
        {
          eventId: `rollout-${verb}`,
          meta: { ...request, actor: describe(credentials) },
        },
        () => run(request, { credentials }),
      );
      return { output: toRolloutOutput(rollout) };
    },
  });
}

/** An action has no request from which the auditor could learn who acts. */
function describe({ principal }: BackstageCredentials): string {
  const { userEntityRef, subject } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  return userEntityRef ?? subject ?? 'unknown';
}
