import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { findResource, runThrough } from '../runThrough';
import { createDeploymentExamples } from './createCreateDeploymentAction.examples';

/**
 * Creates `forks:deployment:create`: the first production deployment, followed
 * until its URL answers.
 *
 * @public
 */
export function createCreateDeploymentAction(options: { forks: ForksService }) {
  const { forks } = options;
  return createTemplateAction({
    id: 'forks:deployment:create',
    description:
      'Deploys a fork to production, follows its build log and verifies that it answers',
    examples: createDeploymentExamples,
    schema: {
      input: {
        provisioningId: z =>
          z.string().describe('Output of forks:repository:create'),
      },
      output: {
        productionUrl: z => z.string().describe('Where the fork answers'),
        deploymentId: z =>
          z
            .string()
            .optional()
            .describe('Id of the deployment at the provider'),
      },
    },
    async handler(context) {
      const provisioning = await runThrough(context, {
        forks,
        steps: ['deployment', 'verification'],
      });
      const deployment = findResource(provisioning, 'deployment', 'deployment');
      if (provisioning.productionUrl) {
        context.output('productionUrl', provisioning.productionUrl);
      }
      if (deployment?.externalId) {
        context.output('deploymentId', deployment.externalId);
      }
    },
  });
}
