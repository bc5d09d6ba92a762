import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { findResource, runThrough } from '../runThrough';
import { createProjectExamples } from './createCreateProjectAction.examples';

/**
 * Creates `forks:project:create`: the hosting project, its environment
 * variables, stores and domain.
 *
 * @public
 */
export function createCreateProjectAction(options: { forks: ForksService }) {
  const { forks } = options;
  return createTemplateAction({
    id: 'forks:project:create',
    description:
      'Creates the hosting project of a fork with its environment variables, stores and domain',
    examples: createProjectExamples,
    schema: {
      input: {
        provisioningId: z =>
          z.string().describe('Output of forks:repository:create'),
      },
      output: {
        projectId: z =>
          z.string().optional().describe('Id of the project at the provider'),
        projectName: z => z.string().describe('Name of the project'),
      },
    },
    async handler(context) {
      const provisioning = await runThrough(context, {
        forks,
        steps: ['project', 'environment', 'stores', 'domain'],
      });
      const project = findResource(provisioning, 'project', 'project');
      context.output('projectName', project?.name ?? provisioning.forkName);
      if (project?.externalId) {
        context.output('projectId', project.externalId);
      }
    },
  });
}
