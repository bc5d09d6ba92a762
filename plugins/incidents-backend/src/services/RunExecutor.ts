import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  incidentsSignalChannel,
  type IncidentsSignal,
  type RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type {
  ClaimedRun,
  HeldRun,
  HeldStep,
  RunChange,
  RunsStore,
} from '../database/RunsStore';
import type { StepOutcome } from './StepOutcome';
import type { StepRunner } from './StepRunner';

/** Longer than one look at a step takes. */
const LEASE_SECONDS = 120;
/** Runs that one process works on at the same time. */
const CONCURRENCY = 4;
/** Time for a check to come about when the portal itself is in trouble. */
const GRACE_SECONDS = 60;
const RETRY_SECONDS = 5;
/** Who the timeline names when nobody pressed anything. */
const PORTAL = 'forkyard';

/**
 * Takes runs forward, one look at one step for each claim.
 *
 * A claim that is lost (a restart, another replica) costs a repeated look and
 * nothing else: looks change nothing, and what people press is not done here.
 */
export class RunExecutor {
  readonly #workers = new Set<Promise<void>>();
  #nudges = 0;

  constructor(
    private readonly options: {
      runs: RunsStore;
      runner: StepRunner;
      signals: SignalsService;
      logger: LoggerService;
    },
  ) {}

  /** Takes due runs forward, in the background. */
  nudge(): void {
    this.runDue().catch(error =>
      this.options.logger.warn(`Could not take runs forward: ${error}`),
    );
  }

  /**
   * Takes runs forward until none is due. All calls share the same few workers;
   * the signal stops those that this one adds.
   */
  async runDue(signal?: AbortSignal): Promise<void> {
    this.#nudges += 1;
    while (this.#workers.size < CONCURRENCY) {
      const worker: Promise<void> = this.#work(signal).finally(() =>
        this.#workers.delete(worker),
      );
      this.#workers.add(worker);
    }
    await Promise.all(this.#workers);
  }

  async #work(signal?: AbortSignal): Promise<void> {
    while (!signal?.aborted) {
      const nudges = this.#nudges;
      const run = await this.options.runs.claimDue({
        leaseSeconds: LEASE_SECONDS,
      });
      if (run) await this.#takeForward(run);
      // Something may have become due while it looked.
      else if (nudges === this.#nudges) return;
    }
  }

  /** Lets pages ask for the run again. A nudge: pages poll as well. */
  async announce({ id, entityRef }: HeldRun): Promise<void> {
    try {
      await this.options.signals.publish<IncidentsSignal>({
        recipients: { type: 'broadcast' },
        channel: incidentsSignalChannel(entityRef),
        message: { entityRef, runId: id },
      });
    } catch (error) {
      this.options.logger.warn(`Could not signal a run: ${error}`);
    }
  }

  async #takeForward(run: ClaimedRun): Promise<void> {
    const step = run.steps.find(
      ({ state }) =>
        state === 'pending' || state === 'waiting' || state === 'running',
    );
    const change = step ? await this.#advance(run, step) : end('succeeded');
    const { id, leaseId } = run;
    if (await this.options.runs.save({ id, leaseId, ...change })) {
      await this.announce(run);
    } else {
      this.options.logger.info(
        `The lease on run '${id}' ran out; its successor goes on`,
      );
    }
  }

  async #advance(run: ClaimedRun, step: HeldStep): Promise<Change> {
    if (step.state !== 'running') {
      return isOfPeople(step.input)
        ? offer(step, await this.options.runner.offer(run, step))
        : begin(step);
    }
    const now = await this.options.runs.now();
    let outcome: StepOutcome;
    try {
      outcome = await this.options.runner.look(run, step, now);
    } catch (error) {
      assertError(error);
      outcome = {
        kind: 'later',
        output: { ...step.output, message: error.message },
        seconds: RETRY_SECONDS,
      };
    }
    return settle(step, outcome, now);
  }
}

type Change = Omit<RunChange, 'id' | 'leaseId'>;

/** Steps of people wait for them. */
function offer(step: HeldStep, output: HeldStep['output']): Change {
  const { index, title } = step;
  return {
    step: { index, state: 'waiting', output },
    state: 'waiting',
    release: { dueInSeconds: 'never' },
    timeline: [
      {
        who: PORTAL,
        kind: 'step-waiting',
        text: `'${title}' waits for somebody`,
        stepIndex: index,
      },
    ],
  };
}

/** The others run. */
function begin({ index, title }: HeldStep): Change {
  return {
    step: { index, state: 'running' },
    release: { dueInSeconds: 0 },
    timeline: [
      { who: PORTAL, kind: 'step-started', text: title, stepIndex: index },
    ],
  };
}

function isOfPeople({ type }: RunbookStepSpec): boolean {
  return type === 'ask' || type === 'redeploy' || type === 'rollback';
}

function settle(step: HeldStep, outcome: StepOutcome, now: Date): Change {
  const { index } = step;
  switch (outcome.kind) {
    case 'succeeded':
      return {
        step: { index, state: 'succeeded', output: outcome.output },
        release: { dueInSeconds: 0 },
        timeline: [
          {
            who: PORTAL,
            kind: 'step-succeeded',
            text: `'${step.title}' succeeded`,
            stepIndex: index,
          },
        ],
      };
    case 'called':
      return {
        step: { index, called: true, output: outcome.output },
        release: { dueInSeconds: 0 },
      };
    case 'again':
      return {
        step: { index, state: 'waiting', output: outcome.output },
        state: 'waiting',
        release: { dueInSeconds: 'never' },
        timeline: [
          {
            who: PORTAL,
            kind: 'step-waiting',
            text: `'${step.title}' waits for somebody again. ${outcome.output.message}`,
            stepIndex: index,
          },
        ],
      };
    case 'failed':
      return fail(step, outcome.error, outcome.output);
    default:
      return isLate(step, now)
        ? fail(
            step,
            `It took too long. What was seen last: ${outcome.output.message}.`,
            outcome.output,
          )
        : {
            step: { index, output: outcome.output },
            release: { dueInSeconds: outcome.seconds },
          };
  }
}

function isLate({ input, startedAt }: HeldStep, now: Date): boolean {
  if (input.type === 'ask') return false;
  const seconds =
    input.timeoutSeconds + (input.type === 'wait-for' ? 0 : GRACE_SECONDS);
  return now.getTime() - Date.parse(startedAt!) > seconds * 1000;
}

function fail(
  step: HeldStep,
  error: string,
  output: HeldStep['output'] = step.output,
): Change {
  return {
    step: { index: step.index, state: 'failed', output, error },
    ...end('failed'),
    timeline: [
      {
        who: PORTAL,
        kind: 'step-failed',
        text: `'${step.title}' failed: ${error}`,
        stepIndex: step.index,
      },
      ...end('failed').timeline,
    ],
  };
}

function end(state: 'succeeded' | 'failed') {
  return {
    state,
    release: { dueInSeconds: 'never' },
    timeline: [
      {
        who: PORTAL,
        kind: 'run-ended',
        text: state === 'failed' ? 'The run failed' : 'All steps succeeded',
      },
    ],
  } satisfies Change;
}
