import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  decodeCursor,
  encodeCursor,
  principalRef,
} from '@forkyard/backend-kit';
import type {
  ContinueRunRequest,
  ListRunsRequest,
  Runbook,
  RunbookRun,
  RunbookRunDetails,
  RunbookStepSpec,
  StartRunRequest,
} from '@forkyard/plugin-incidents-common';
import { z } from 'zod';
import type { AlertsStore } from '../database/AlertsStore';
import type {
  ClaimedRun,
  HeldRun,
  HeldStep,
  RunsStore,
} from '../database/RunsStore';
import type { TimelineStore } from '../database/TimelineStore';
import type { DeploymentStepPerformer } from './DeploymentStepPerformer';
import type { RunExecutor } from './RunExecutor';
import type { CallOptions, RunbookService } from './RunbookService';
import type { RunService } from './RunService';

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);
/** Longer than a provider takes to accept a deployment with retries. */
const LEASE_SECONDS = 120;

/** Starts runs and takes what people press. Everything else the executor does. */
export class DefaultRunService implements RunService {
  constructor(
    private readonly options: {
      runs: RunsStore;
      alerts: AlertsStore;
      timeline: TimelineStore;
      runbooks: RunbookService;
      performer: DeploymentStepPerformer;
      executor: RunExecutor;
    },
  ) {}

  async startRun(
    request: StartRunRequest,
    options: CallOptions,
  ): Promise<RunbookRunDetails> {
    const runbook = await this.options.runbooks.getRunbook(
      { entityRef: request.entityRef, path: request.runbookPath },
      options,
    );
    await this.#assertAlert(request);
    const run = await this.options.runs.insert({
      entityRef: request.entityRef,
      runbookPath: runbook.path,
      runbookTitle: runbook.title,
      runbookHash: runbook.hash,
      runbookSha: runbook.sha,
      alertId: request.alertId,
      startedBy: principalRef(options.credentials),
      fromStep: request.fromStep ?? 0,
      steps: listRunnable(runbook, request),
    });
    this.options.executor.nudge();
    return this.#withTimeline(run);
  }

  async continueRun(
    request: ContinueRunRequest,
    { credentials }: CallOptions,
  ): Promise<RunbookRunDetails> {
    const { runs, performer, executor } = this.options;
    const run = await this.#get(request.id);
    const step = findWaiting(run, request);
    const { input } = step;
    const { answer } = request;
    if (input.type === 'ask') assertAnswer(input, answer);
    const by = principalRef(credentials);
    const claimed = await runs.claimWaiting({
      id: run.id,
      stepIndex: step.index,
      by,
      leaseSeconds: LEASE_SECONDS,
    });
    if (!claimed) throw alreadyContinued(step);
    if (input.type === 'ask') {
      await this.#keepAnswer(claimed, step, { by, answer: answer! });
    } else {
      await performer.perform(claimed, claimed.steps[step.index], {
        credentials,
        by,
      });
    }
    executor.nudge();
    return this.getRun(request);
  }

  async cancelRun(
    request: { id: string },
    { credentials }: CallOptions,
  ): Promise<RunbookRunDetails> {
    const by = principalRef(credentials);
    const canceled = await this.options.runs.cancel(request.id, by);
    const run = canceled ?? (await this.#get(request.id));
    if (!canceled) {
      throw new ConflictError(
        `The run of '${run.runbookPath}' cannot be canceled: it ${run.state === 'canceled' ? 'was canceled' : `has ${run.state}`} at ${run.endedAt}.`,
      );
    }
    await this.options.executor.announce(run);
    return this.#withTimeline(run);
  }

  async getRun({ id }: { id: string }): Promise<RunbookRunDetails> {
    return this.#withTimeline(await this.#get(id));
  }

  async listRuns(
    request: ListRunsRequest,
  ): Promise<{ items: RunbookRun[]; nextCursor?: string }> {
    const { cursor, limit = 25, ...filter } = request;
    const after = cursor ? decodeCursor(positionSchema, cursor) : undefined;
    const found = await this.options.runs.list({
      ...filter,
      after: after && { startedAt: new Date(after[0]), id: after[1] },
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(toRun),
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.startedAt, last.id])
          : undefined,
    };
  }

  async #keepAnswer(
    run: ClaimedRun,
    { index, input }: HeldStep,
    { by, answer }: { by: string; answer: string },
  ): Promise<void> {
    const { question, endOn } = input as Ask;
    const isEnd = endOn.includes(answer);
    const isKept = await this.options.runs.save({
      id: run.id,
      leaseId: run.leaseId,
      step: { index, state: 'succeeded', output: { answer } },
      ...(isEnd && { state: 'succeeded' }),
      release: { dueInSeconds: isEnd ? 'never' : 0 },
      timeline: [
        {
          who: by,
          kind: 'step-succeeded',
          text: `${question} ${answer}`,
          stepIndex: index,
        },
        ...(isEnd
          ? [
              {
                who: by,
                kind: 'run-ended' as const,
                text: `Nothing is left to do after '${answer}'`,
              },
            ]
          : []),
      ],
    });
    if (!isKept) {
      throw new ConflictError(
        `Your answer to '${question}' was not kept: the run of '${run.runbookPath}' was canceled, or it took too long. Look at the run again.`,
      );
    }
  }

  async #get(id: string): Promise<HeldRun> {
    const run = await this.options.runs.find(id);
    if (!run) throw new NotFoundError(`Run '${id}' does not exist.`);
    return run;
  }

  async #withTimeline(run: HeldRun): Promise<RunbookRunDetails> {
    return {
      ...toRun(run),
      timeline: await this.options.timeline.list({ runId: run.id }),
    };
  }

  async #assertAlert(request: StartRunRequest): Promise<void> {
    if (!request.alertId) return;
    const alert = await this.options.alerts.find(request.alertId);
    if (alert?.entityRef !== request.entityRef) {
      throw new InputError(
        `Alert '${request.alertId}' is none of '${request.entityRef}': leave it out, or open the runbook from the alert.`,
      );
    }
  }
}

function listRunnable(runbook: Runbook, request: StartRunRequest) {
  const name = `'${runbook.path}'`;
  if (request.runbookHash && request.runbookHash !== runbook.hash) {
    throw new ConflictError(
      `Runbook ${name} has changed since you opened it: read it again, then start it.`,
    );
  }
  const [problem] = runbook.problems;
  if (problem) {
    throw new ConflictError(
      `Runbook ${name} cannot be run: line ${problem.line}: ${problem.message} Follow its text, and correct the file.`,
    );
  }
  if ((request.fromStep ?? 0) >= runbook.steps.length) {
    throw new InputError(
      runbook.steps.length === 0
        ? `Runbook ${name} has no steps to run: follow its text.`
        : `Runbook ${name} has ${runbook.steps.length} steps: begin at one of them.`,
    );
  }
  return runbook.steps.map(({ title, spec }) => ({ title, spec: spec! }));
}

function findWaiting(run: HeldRun, request: ContinueRunRequest): HeldStep {
  const step = run.steps[request.stepIndex];
  if (!step) {
    throw new InputError(
      `The run of '${run.runbookPath}' has ${run.steps.length} steps: there is no step ${request.stepIndex + 1}.`,
    );
  }
  if (step.state !== 'waiting') throw alreadyContinued(step);
  return step;
}

function alreadyContinued(step: HeldStep): ConflictError {
  return new ConflictError(
    `Step '${step.title}' does not wait for you: it is ${step.state === 'waiting' ? 'taken by somebody else' : step.state}. Look at the run again.`,
  );
}

type Ask = Extract<RunbookStepSpec, { type: 'ask' }>;

function assertAnswer(input: Ask, answer: string | undefined): void {
  if (answer === undefined || !input.options.includes(answer)) {
    throw new InputError(
      `'${input.question}' wants one of: ${input.options.join(', ')}.`,
    );
  }
}

function toRun(run: HeldRun): RunbookRun {
  return {
    ...run,
    steps: run.steps.map(({ called: _, ...step }) => step),
  };
}
