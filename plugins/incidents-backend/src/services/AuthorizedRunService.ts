import { assertError, NotFoundError } from '@backstage/errors';
import { principalRef, type EntityPermission } from '@forkyard/backend-kit';
import {
  deploymentCreatePermission,
  deploymentPromotePermission,
} from '@forkyard/plugin-deployments-common';
import {
  runbookReadPermission,
  runbookRunPermission,
  type ContinueRunRequest,
  type ListRunsRequest,
  type RunbookRunDetails,
  type RunbookStepSpec,
  type StartRunRequest,
} from '@forkyard/plugin-incidents-common';
import type { AlertsStore } from '../database/AlertsStore';
import type { TimelineStore } from '../database/TimelineStore';
import type { EntityGate } from './EntityGate';
import type { CallOptions, RunbookService } from './RunbookService';
import type { RunService } from './RunService';

/** What a step needs besides the permission to run runbooks. */
const NEEDS: Partial<
  Record<
    RunbookStepSpec['type'],
    { permission: EntityPermission; what: string }
  >
> = {
  redeploy: {
    permission: deploymentCreatePermission,
    what: 'redeploy deployments of',
  },
  rollback: {
    permission: deploymentPromotePermission,
    what: 'roll back deployments of',
  },
};

/**
 * Asks for permission before every operation on runs.
 *
 * A step that changes a deployment needs the permission of deployments: of who
 * starts the run, and again of who presses its button, which may be somebody
 * else, later. The first refusal of each person is kept on the timeline, and
 * nothing is done.
 */
export class AuthorizedRunService implements RunService {
  constructor(
    private readonly inner: RunService,
    private readonly options: {
      alerts: AlertsStore;
      gate: EntityGate;
      runbooks: RunbookService;
      timeline: TimelineStore;
    },
  ) {}

  async startRun(request: StartRunRequest, options: CallOptions) {
    const { entityRef, runbookPath, alertId, fromStep = 0 } = request;
    await this.#assertVisible(request, options);
    const { steps } = await this.options.runbooks.getRunbook(
      { entityRef, path: runbookPath },
      options,
    );
    const specs = steps.slice(fromStep).flatMap(({ spec }) => spec ?? []);
    await this.#assertAllowed(entityRef, specs, options, async message => {
      const alert = alertId && (await this.options.alerts.find(alertId));
      // Of another entity's alert the caller may know nothing but the id.
      if (!alert || alert.entityRef !== entityRef) return;
      await this.#keepDenial(
        {
          text: `'${runbookPath}' was not started: ${message}`,
          alertId: alert.id,
        },
        options,
      );
    });
    return this.inner.startRun(request, options);
  }

  async continueRun(request: ContinueRunRequest, options: CallOptions) {
    const run = await this.getRun(request, options);
    const step = run.steps.at(request.stepIndex);
    await this.#assertAllowed(
      run.entityRef,
      step ? [step.input] : [],
      options,
      message =>
        this.#keepDenial(
          {
            text: `'${step?.title}' was not done: ${message}`,
            runId: run.id,
            alertId: run.alertId,
            stepIndex: step?.index,
          },
          options,
        ),
    );
    return this.inner.continueRun(request, options);
  }

  async cancelRun(request: { id: string }, options: CallOptions) {
    const { entityRef } = await this.getRun(request, options);
    await this.options.gate.assertAllowed(
      entityRef,
      runbookRunPermission,
      'cancel runs of runbooks of',
      options.credentials,
    );
    return this.inner.cancelRun(request, options);
  }

  async getRun(
    request: { id: string },
    options: CallOptions,
  ): Promise<RunbookRunDetails> {
    const run = await this.inner.getRun(request, options);
    const visible = await this.options.gate.filterVisible(
      [run.entityRef],
      runbookReadPermission,
      options.credentials,
    );
    if (visible.size === 0) {
      throw new NotFoundError(`Run '${request.id}' does not exist.`);
    }
    return run;
  }

  async listRuns(request: ListRunsRequest, options: CallOptions) {
    await this.#assertVisible(request, options);
    return this.inner.listRuns(request, options);
  }

  async #assertVisible(
    { entityRef }: { entityRef: string },
    { credentials }: CallOptions,
  ): Promise<void> {
    await this.options.gate.assertVisible(
      entityRef,
      runbookReadPermission,
      credentials,
    );
  }

  async #assertAllowed(
    entityRef: string,
    specs: RunbookStepSpec[],
    { credentials }: CallOptions,
    onDenied: (message: string) => Promise<void>,
  ): Promise<void> {
    const needs = new Set(specs.flatMap(({ type }) => NEEDS[type] ?? []));
    const all = [
      { permission: runbookRunPermission, what: 'run runbooks of' },
      ...needs,
    ];
    for (const { permission, what } of all) {
      try {
        await this.options.gate.assertAllowed(
          entityRef,
          permission,
          what,
          credentials,
        );
      } catch (error) {
        assertError(error);
        if (error.name === 'NotAllowedError') await onDenied(error.message);
        throw error;
      }
    }
  }

  async #keepDenial(
    entry: {
      text: string;
      alertId?: string;
      runId?: string;
      stepIndex?: number;
    },
    { credentials }: CallOptions,
  ): Promise<void> {
    await this.options.timeline.appendOnce({
      ...entry,
      who: principalRef(credentials),
      kind: 'step-denied',
    });
  }
}
