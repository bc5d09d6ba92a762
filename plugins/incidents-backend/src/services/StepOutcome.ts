import type { RunbookStepOutput } from '@forkyard/plugin-incidents-common';

/** How a look at a running step ended. */
export type StepOutcome =
  | { kind: 'succeeded'; output: RunbookStepOutput }
  | { kind: 'failed'; error: string; output?: RunbookStepOutput }
  /** Not yet; `output.message` says what was seen. */
  | { kind: 'later'; output: RunbookStepOutput; seconds: number }
  /** The call of the step is known to have been made after all. */
  | { kind: 'called'; output: RunbookStepOutput }
  /** Nothing was done: a person must press again. */
  | { kind: 'again'; output: RunbookStepOutput };

const POLL_SECONDS = 2;

/** Looks again soon. */
export function later(
  message: string,
  output: RunbookStepOutput = {},
): StepOutcome {
  return {
    kind: 'later',
    output: { ...output, message },
    seconds: POLL_SECONDS,
  };
}
