import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { runThrough } from '../runThrough';
import { registerForkExamples } from './createRegisterForkAction.examples';

/**
 * Creates `forks:fork:register`: the catalog reads the fork's own
 * `catalog-info.yaml`, and the fork is done.
 *
 * @public
 */
export function createRegisterForkAction(options: { forks: ForksService }) {
  const { forks } = options;
  return createTemplateAction({
    id: 'forks:fork:register',
    description: 'Registers a fork in the catalog, from its own repository',
    examples: registerForkExamples,
    schema: {
      input: {
        provisioningId: z =>
          z.string().describe('Output of forks:repository:create'),
      },
      output: {
        entityRef: z => z.string().describe('Reference of the new entity'),
        repositoryUrl: z =>
          z.string().optional().describe('Address of the repository'),
        productionUrl: z =>
          z.string().optional().describe('Where the fork answers'),
      },
    },
    async handler(context) {
      const { entityRef, repositoryUrl, productionUrl } = await runThrough(
        context,
        { forks, steps: ['registration'] },
      );
      context.output('entityRef', entityRef);
      if (repositoryUrl) {
        context.output('repositoryUrl', repositoryUrl);
      }
      if (productionUrl) {
        context.output('productionUrl', productionUrl);
      }
    },
  });
}
