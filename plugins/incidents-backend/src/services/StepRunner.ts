import type { AuthService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type {
  RunbookStepOutput,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { AlertsStore } from '../database/AlertsStore';
import type { HeldRun, HeldStep } from '../database/RunsStore';
import type { ApplicationProbe } from '../sources/HttpProbe';
import { messageOf } from './backendErrors';

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

type Spec<T extends RunbookStepSpec['type']> = Extract<
  RunbookStepSpec,
  { type: T }
>;

const POLL_SECONDS = 2;
/** One request of `wait-for` `http-ok`. */
const REQUEST_TIMEOUT_MS = 10_000;
/** How long after a call without an answer its effect is looked for. */
const LOST_CALL_MS = 60_000;

/**
 * Does what a step needs that changes nothing, with the portal's own
 * credentials: asks the application, waits, and verifies what a person did.
 */
export class StepRunner {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      deployments: DeploymentsService;
      probe: ApplicationProbe;
      auth: AuthService;
    },
  ) {}

  /**
   * Finds out what a step of people would do, to show it beside the button and
   * to do nothing else when it is pressed.
   */
  async offer(run: HeldRun, { input }: HeldStep): Promise<RunbookStepOutput> {
    if (input.type !== 'rollback' && input.type !== 'redeploy') return {};
    const { environment } = input;
    const { entityRef } = run;
    try {
      const live = (await this.#statusOf(run, environment))?.live?.id;
      if (input.type === 'redeploy') {
        return {
          previousDeploymentId: live,
          message: live && `Builds ${live} again`,
        };
      }
      const target = await this.options.deployments.getRollbackTarget(
        { entityRef, environment },
        await this.#own(),
      );
      return {
        previousDeploymentId: live,
        deploymentId: target.id,
        message: `Goes back from ${live ?? 'nothing'} to ${target.id}`,
      };
    } catch (error) {
      assertError(error);
      return { message: messageOf(error) };
    }
  }

  async look(run: HeldRun, step: HeldStep, now: Date): Promise<StepOutcome> {
    const { input } = step;
    switch (input.type) {
      case 'http-check':
        return this.#check(run, input);
      case 'wait-for':
        return this.#waitFor(run, step, input);
      case 'rollback':
        return step.called
          ? this.#verifyRollback(run, step, input)
          : this.#findLostRollback(run, step, input, now);
      case 'redeploy':
        return step.called
          ? this.#verifyRedeploy(run, step, input)
          : this.#findLostRedeploy(run, step, input, now);
      default:
        return {
          kind: 'again',
          output: { message: 'The portal stopped before the answer was kept.' },
        };
    }
  }

  async #check(run: HeldRun, spec: Spec<'http-check'>): Promise<StepOutcome> {
    const url = await this.#urlOf(run, spec);
    if (!url) return noUrl(spec.environment);
    const answer = await this.options.probe.get(url, {
      timeoutMs: spec.timeoutSeconds * 1000,
    });
    if ('failure' in answer) {
      return {
        kind: 'failed',
        error: `${url} did not answer: ${answer.failure}.`,
        output: { url },
      };
    }
    const { status, body, durationMilliseconds } = answer;
    const output = { url, status, durationMilliseconds };
    if (status !== spec.expectStatus) {
      return {
        kind: 'failed',
        error: `${url} answered ${status} instead of ${spec.expectStatus}.`,
        output,
      };
    }
    const { expectBodyIncludes } = spec;
    return expectBodyIncludes && !body.includes(expectBodyIncludes)
      ? {
          kind: 'failed',
          error: `The answer of ${url} does not include '${expectBodyIncludes}'.`,
          output,
        }
      : { kind: 'succeeded', output };
  }

  async #waitFor(
    run: HeldRun,
    step: HeldStep,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    switch (spec.condition) {
      case 'alert-resolved':
        return this.#waitForAlert(run);
      case 'deployment-live':
        return this.#waitForDeployment(run, step, spec);
      default:
        return this.#waitForHttp(run, spec);
    }
  }

  async #waitForAlert(run: HeldRun): Promise<StepOutcome> {
    const { alerts } = this.options;
    const alert = run.alertId && (await alerts.find(run.alertId));
    if (alert) {
      return alert.firingAtSource
        ? later(`'${alert.title}' still fires`)
        : done(`'${alert.title}' is resolved`);
    }
    const firing = await alerts.countFiringAtSource(run.entityRef);
    return firing > 0
      ? later(`${firing} ${firing === 1 ? 'alert fires' : 'alerts fire'}`)
      : done('No alert fires');
  }

  async #waitForDeployment(
    run: HeldRun,
    step: HeldStep,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    const wanted = run.steps.findLast(
      ({ index, input, output }) =>
        index < step.index &&
        (input.type === 'redeploy' || input.type === 'rollback') &&
        input.environment === spec.environment &&
        output.deploymentId,
    )?.output.deploymentId;
    const status = await this.#statusOf(run, spec.environment);
    const live = status?.live?.id;
    return live && (!wanted || wanted === live)
      ? {
          kind: 'succeeded',
          output: { deploymentId: live, message: `${live} is live` },
        }
      : later(`${live ?? 'Nothing'} is live`);
  }

  async #waitForHttp(
    run: HeldRun,
    spec: Spec<'wait-for'>,
  ): Promise<StepOutcome> {
    const url = await this.#urlOf(run, spec);
    if (!url) return noUrl(spec.environment);
    const answer = await this.options.probe.get(url, {
      timeoutMs: REQUEST_TIMEOUT_MS,
    });
    if ('failure' in answer) {
      return later(`It did not answer: ${answer.failure}`, { url });
    }
    const { status, durationMilliseconds } = answer;
    const output = { url, status, durationMilliseconds };
    return status >= 200 && status < 300
      ? { kind: 'succeeded', output }
      : later(`It answered ${status}`, output);
  }

  async #verifyRollback(
    run: HeldRun,
    { output }: HeldStep,
    { environment }: Spec<'rollback'>,
  ): Promise<StepOutcome> {
    const status = await this.#statusOf(run, environment);
    const live = status?.live?.id;
    return live === output.deploymentId
      ? {
          kind: 'succeeded',
          output: { ...output, message: `${live} is live` },
        }
      : later(`${live ?? 'Nothing'} is live`, output);
  }

  async #verifyRedeploy(
    run: HeldRun,
    { output }: HeldStep,
    { environment }: Spec<'redeploy'>,
  ): Promise<StepOutcome> {
    const { deployments } = this.options;
    const id = output.deploymentId!;
    const deployment = await deployments.getDeployment(
      { id },
      await this.#own(),
    );
    const { state } = deployment;
    if (state === 'failed' || state === 'canceled' || state === 'deleted') {
      return {
        kind: 'failed',
        error: `${id} is ${state}${deployment.errorMessage ? `: ${deployment.errorMessage}` : '.'}`,
        output,
      };
    }
    const status = await this.#statusOf(run, environment);
    // Environments without a URL of their own have nothing live.
    const isServed = status?.live ? status.live.id === id : state === 'ready';
    return isServed
      ? { kind: 'succeeded', output: { ...output, message: `${id} is live` } }
      : later(`${id} is ${state}`, output);
  }

  async #findLostRollback(
    run: HeldRun,
    step: HeldStep,
    { environment }: Spec<'rollback'>,
    now: Date,
  ): Promise<StepOutcome> {
    const { output } = step;
    if (!output.deploymentId) return notDone(output, 'Nothing was done');
    await this.#lookAgain(run);
    const live = (await this.#statusOf(run, environment))?.live?.id;
    if (live === output.deploymentId) return { kind: 'called', output };
    return isLost(step, now)
      ? notDone(output, `${live ?? 'Nothing'} is live, nothing was done`)
      : later(`No answer yet; ${live ?? 'nothing'} is live`, output);
  }

  async #findLostRedeploy(
    run: HeldRun,
    step: HeldStep,
    { environment }: Spec<'redeploy'>,
    now: Date,
  ): Promise<StepOutcome> {
    const { output } = step;
    const { deployments } = this.options;
    const { previousDeploymentId, newestDeploymentId } = output;
    if (!previousDeploymentId || !newestDeploymentId) {
      return notDone(output, 'Nothing was done');
    }
    await this.#lookAgain(run);
    const again = await deployments.getDeployment(
      { id: previousDeploymentId },
      await this.#own(),
    );
    const { items } = await deployments.listDeployments(
      { entityRef: run.entityRef, environment, limit: 10 },
      await this.#own(),
    );
    const known = items.findIndex(({ id }) => id === newestDeploymentId);
    const made = items
      .slice(0, known < 0 ? items.length : known)
      .find(({ commit }) => commit?.sha === again.commit?.sha);
    if (made) {
      return { kind: 'called', output: { ...output, deploymentId: made.id } };
    }
    return isLost(step, now)
      ? notDone(output, 'No new deployment exists, nothing was done')
      : later('No answer yet; no new deployment exists', output);
  }

  /** Makes sure that what is seen is not older than the call. */
  async #lookAgain({ entityRef }: HeldRun): Promise<void> {
    await this.options.deployments.reconcileEntity(
      { entityRef },
      await this.#own(),
    );
  }

  async #urlOf(
    run: HeldRun,
    { environment, path }: { environment: string; path: string },
  ): Promise<string | undefined> {
    const status = await this.#statusOf(run, environment);
    const origin = URL.parse(status?.url ?? status?.live?.url ?? '')?.origin;
    const url = origin && URL.parse(path, origin);
    return url && url.origin === origin ? url.toString() : undefined;
  }

  async #statusOf(
    { entityRef }: HeldRun,
    environment: string,
  ): Promise<EnvironmentStatus | undefined> {
    const status = await this.options.deployments.getEntityStatus(
      { entityRef },
      await this.#own(),
    );
    return status.environments.find(each => each.environment === environment);
  }

  async #own() {
    return { credentials: await this.options.auth.getOwnServiceCredentials() };
  }
}

function isLost(step: HeldStep, now: Date): boolean {
  return now.getTime() - Date.parse(step.startedAt!) > LOST_CALL_MS;
}

function done(message: string): StepOutcome {
  return { kind: 'succeeded', output: { message } };
}

function later(message: string, output: RunbookStepOutput = {}): StepOutcome {
  return {
    kind: 'later',
    output: { ...output, message },
    seconds: POLL_SECONDS,
  };
}

function notDone(output: RunbookStepOutput, message: string): StepOutcome {
  return {
    kind: 'again',
    output: {
      ...output,
      message: `The call had no answer. ${message}.`,
    },
  };
}

function noUrl(environment: string): StepOutcome {
  return {
    kind: 'failed',
    error: `'${environment}' has no URL: nothing is live in it.`,
  };
}
