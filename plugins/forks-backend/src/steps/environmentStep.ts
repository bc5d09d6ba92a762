import type { ProjectSource } from '../sources/HostingSource';
import { getFact, type Step } from './Step';
import { StepFailedError } from './StepFailedError';

/**
 * Gives the project the variables and secrets of the request.
 */
export function createEnvironmentStep(options: {
  projects: ProjectSource;
}): Step {
  return {
    id: 'environment',
    title: 'Set the environment variables',
    timeLimitSeconds: 60,

    plan: ({ environmentVariables, secrets }) => ({
      resources: [...environmentVariables, ...secrets].map(({ key }) => ({
        kind: 'variable',
        name: key,
      })),
      undo: [],
    }),

    async run(context) {
      const { environmentVariables } = context.request;
      const secrets = await context.openSecrets();
      if (secrets.length < context.request.secrets.length) {
        throw new StepFailedError({
          message: `${context.request.secrets.length - secrets.length} of the ${context.request.secrets.length} secrets are no longer kept`,
          action: 'Unwind and create the fork again with its secrets',
          retryable: false,
        });
      }
      const variables = [
        ...environmentVariables.map(variable => ({
          ...variable,
          secret: false,
        })),
        ...secrets.map(secret => ({ ...secret, secret: true })),
      ];
      if (variables.length === 0) {
        return { skipped: 'No variables were asked for' };
      }
      await options.projects.upsertVariables({
        projectId: getFact(context, 'projectId'),
        variables,
      });
      context.log(
        `Set ${environmentVariables.length} variables and ${secrets.length} secrets`,
      );
      return {
        resources: variables.map(({ key }) => ({
          kind: 'variable',
          name: key,
        })),
      };
    },

    /** They go with the project. */
    async undo() {},
  };
}
