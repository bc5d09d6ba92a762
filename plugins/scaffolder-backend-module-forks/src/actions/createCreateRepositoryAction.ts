import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { forkRequestInput, parseForkRequest } from '../forkRequestInput';
import { waitForProvisioning } from '../waitForProvisioning';
import { createRepositoryExamples } from './createCreateRepositoryAction.examples';

/**
 * Creates `forks:repository:create`: begins the provisioning of a fork and
 * waits for its repository.
 *
 * The provisioning is keyed by the task and the fork's name, so a task that is
 * resumed or retried attaches to the provisioning it had begun.
 *
 * @public
 */
export function createCreateRepositoryAction(options: { forks: ForksService }) {
  const { forks } = options;
  return createTemplateAction({
    id: 'forks:repository:create',
    description:
      'Begins a fork: creates its repository with the history of the base application',
    examples: createRepositoryExamples,
    schema: {
      input: forkRequestInput,
      output: {
        provisioningId: z =>
          z.string().describe('The provisioning, for the steps that follow'),
        entityRef: z =>
          z.string().describe('Reference of the entity the fork will be'),
        repositoryUrl: z => z.string().describe('Address of the repository'),
      },
    },
    async handler(context) {
      const request = parseForkRequest(context.input);
      const credentials = await context.getInitiatorCredentials();
      const { signal } = context;
      const begun = await forks.provisionFork(
        {
          request,
          through: 'repository',
          idempotencyKey: `scaffolder:${context.task.id}:${request.name}`,
        },
        { credentials, signal },
      );
      context.logger.info(
        `Provisioning ${begun.id} creates fork '${begun.forkName}'`,
      );
      if (begun.state === 'failed') {
        context.logger.info('It had failed before; resuming it');
        await forks.resumeProvisioning(
          { id: begun.id },
          { credentials, signal },
        );
      }
      const provisioning = await waitForProvisioning({
        forks,
        provisioningId: begun.id,
        through: 'repository',
        steps: ['repository'],
        logger: context.logger,
        credentials,
        signal,
      });
      context.output('provisioningId', provisioning.id);
      context.output('entityRef', provisioning.entityRef);
      if (provisioning.repositoryUrl) {
        context.output('repositoryUrl', provisioning.repositoryUrl);
      }
    },
  });
}
