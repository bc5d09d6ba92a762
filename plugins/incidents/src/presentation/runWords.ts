import { formatDuration, type Status } from '@forkyard/frontend-kit';
import type {
  RunbookRunState,
  RunbookRunStep,
  RunbookRunStepState,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';

export const runStatuses: Record<
  RunbookRunState,
  { status: Status; label: string }
> = {
  running: { status: 'in-progress', label: 'Running' },
  waiting: { status: 'waiting', label: 'Waiting for you' },
  succeeded: { status: 'healthy', label: 'Succeeded' },
  failed: { status: 'failing', label: 'Failed' },
  canceled: { status: 'unknown', label: 'Canceled' },
};

export const stepStatuses: Record<
  RunbookRunStepState,
  { status: Status; label: string }
> = {
  pending: { status: 'unknown', label: 'Not yet' },
  waiting: { status: 'waiting', label: 'Waiting for you' },
  running: { status: 'in-progress', label: 'Running' },
  succeeded: { status: 'healthy', label: 'Done' },
  failed: { status: 'failing', label: 'Failed' },
  skipped: { status: 'unknown', label: 'Skipped' },
  canceled: { status: 'unknown', label: 'Canceled' },
};

/** Says what a step will do, as a sentence. */
export function describeStep(spec: RunbookStepSpec): string {
  switch (spec.type) {
    case 'http-check':
      return `Asks for ${spec.path} in ${spec.environment} and expects status ${spec.expectStatus}${
        spec.expectBodyIncludes
          ? ` and the words "${spec.expectBodyIncludes}"`
          : ''
      }.`;
    case 'redeploy':
      return `Builds what is live in ${spec.environment} again.`;
    case 'rollback':
      return `Sends the traffic of ${spec.environment} back to the deployment that was live before.`;
    case 'wait-for':
      return `Waits up to ${formatDuration(spec.timeoutSeconds * 1_000)} until ${conditionWords(spec)}.`;
    default:
      return spec.question;
  }
}

function conditionWords(
  spec: Extract<RunbookStepSpec, { type: 'wait-for' }>,
): string {
  switch (spec.condition) {
    case 'alert-resolved':
      return 'the alert is resolved at its source';
    case 'deployment-live':
      return `the deployment is live in ${spec.environment}`;
    default:
      return `${spec.path} answers in ${spec.environment}`;
  }
}

/** The button by which a person does a step; asks are answered otherwise. */
export function actionLabel(spec: RunbookStepSpec): string | undefined {
  if (spec.type === 'rollback') return `Roll back ${spec.environment}`;
  if (spec.type === 'redeploy') return `Redeploy ${spec.environment}`;
  return undefined;
}

/** Says what came out of a step. */
export function describeOutput(step: RunbookRunStep): string | undefined {
  const { output } = step;
  if (step.error) return step.error;
  if (output.answer) return `Answered "${output.answer}"`;
  if (output.message) return output.message;
  if (output.status !== undefined) {
    const time =
      output.durationMilliseconds === undefined
        ? ''
        : ` after ${Math.round(output.durationMilliseconds)} ms`;
    return `Answered ${output.status}${time}`;
  }
  return undefined;
}
