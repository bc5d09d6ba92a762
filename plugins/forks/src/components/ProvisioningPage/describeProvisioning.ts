import type {
  Provisioning,
  ProvisioningState,
  ProvisioningStep,
  Status,
  StepId,
} from '@forkyard/plugin-forks-common';

/** A step's name, and what happens while it runs. */
export const stepTitles: Record<StepId, { name: string; doing: string }> = {
  repository: { name: 'Repository', doing: 'creating the repository' },
  project: { name: 'Project', doing: 'creating the project' },
  environment: { name: 'Environment', doing: 'setting the variables' },
  stores: { name: 'Stores', doing: 'creating the stores' },
  domain: { name: 'Domain', doing: 'configuring the domain' },
  deployment: { name: 'Deployment', doing: 'building and deploying' },
  verification: { name: 'Verification', doing: 'asking for the first answer' },
  registration: { name: 'Registration', doing: 'registering in the catalog' },
};

/** A provisioning's state in the status language, with the word that is exact. */
export const provisioningStatuses: Record<
  ProvisioningState,
  { status: Status; label: string }
> = {
  running: { status: 'in-progress', label: 'In progress' },
  waiting: { status: 'waiting', label: 'Waiting' },
  succeeded: { status: 'healthy', label: 'Created' },
  failed: { status: 'failing', label: 'Failed' },
  unwinding: { status: 'in-progress', label: 'Unwinding' },
  unwound: { status: 'unknown', label: 'Unwound' },
};

/** The step to look at: the one that failed or runs, else the last that did. */
export function findCurrentStep(
  steps: ProvisioningStep[],
): ProvisioningStep | undefined {
  return (
    steps.find(step => step.state === 'failed') ??
    steps.find(step => step.state === 'running') ??
    steps.filter(step => step.startedAt !== undefined).at(-1) ??
    steps.at(0)
  );
}

/** How long a step has run so far, or ran; absent while it has not begun. */
export function elapsedMs(
  step: Pick<ProvisioningStep, 'startedAt' | 'finishedAt'>,
  now: Date,
): number | undefined {
  if (!step.startedAt) return undefined;
  const end = step.finishedAt ? new Date(step.finishedAt) : now;
  return Math.max(0, end.getTime() - new Date(step.startedAt).getTime());
}

/** Says in one sentence where a provisioning stands. */
export function describeProvisioning(provisioning: Provisioning): string {
  const { forkName, state, steps } = provisioning;
  const current = findCurrentStep(steps);
  const position = current ? steps.indexOf(current) + 1 : 0;
  const name = current ? stepTitles[current.id].name.toLowerCase() : '';
  switch (state) {
    case 'running':
      return current
        ? `Step ${position} of ${steps.length}: ${stepTitles[current.id].doing}`
        : `${forkName} is about to be created`;
    case 'waiting':
      return `Done up to ${name}; the task that asked for it goes on with the next step`;
    case 'succeeded':
      return `${forkName} is live`;
    case 'failed':
      return `Not complete: ${name} failed, step ${position} of ${steps.length}`;
    case 'unwinding':
      return `What was created for ${forkName} is being removed`;
    default:
      return `What was created for ${forkName} has been removed`;
  }
}

/** Whether nothing more will happen. */
export function isOver({ state }: Provisioning): boolean {
  return state === 'succeeded' || state === 'unwound';
}

/** What exists for a fork now, in the order in which it came to be. */
export function existingResources(provisioning: Provisioning) {
  return provisioning.steps
    .filter(step => step.state !== 'undone')
    .flatMap(step => step.resources);
}
