import { InputError } from '@backstage/errors';
import type { ActionContext } from '@backstage/plugin-scaffolder-node';
import type { Provisioning, StepId } from '@forkyard/plugin-forks-common';
import type { ForksService } from '@forkyard/plugin-forks-node';
import { waitForProvisioning } from './waitForProvisioning';

type ProvisioningContext = Pick<
  ActionContext<{ provisioningId: string }>,
  'input' | 'logger' | 'signal' | 'getInitiatorCredentials'
>;

/**
 * Lets a provisioning run through the given steps and waits for the last one.
 *
 * Safe to repeat: advancing to a step that is already done changes nothing, and
 * a provisioning that had failed is resumed first, which is what retrying a
 * task asks for.
 */
export async function runThrough(
  context: ProvisioningContext,
  options: { forks: ForksService; steps: readonly [StepId, ...StepId[]] },
): Promise<Provisioning> {
  const { forks, steps } = options;
  const through = steps[steps.length - 1];
  const id = context.input.provisioningId;
  if (!id) {
    throw new InputError(
      "Input 'provisioningId' is empty; pass the output of the step that ran forks:repository:create",
    );
  }
  const credentials = await context.getInitiatorCredentials();
  const serviceOptions = { credentials, signal: context.signal };

  const current = await forks.getProvisioning({ id }, serviceOptions);
  if (current.state === 'failed') {
    context.logger.info(`Resuming the provisioning of '${current.forkName}'`);
    await forks.resumeProvisioning({ id }, serviceOptions);
  }
  await forks.advanceProvisioning({ id, through }, serviceOptions);
  return waitForProvisioning({
    forks,
    provisioningId: id,
    through,
    steps,
    logger: context.logger,
    credentials,
    signal: context.signal,
  });
}

/** Finds what a step has made, by its kind. */
export function findResource(
  provisioning: Provisioning,
  step: StepId,
  kind: string,
) {
  return provisioning.steps
    .find(({ id }) => id === step)
    ?.resources.find(resource => resource.kind === kind);
}
