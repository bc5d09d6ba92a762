import type { AuthService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type {
  RunbookStepOutput,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { HeldRun, HeldStep } from '../database/RunsStore';
import { messageOf } from './backendErrors';
import { later, type StepOutcome } from './StepOutcome';

type DeploymentSpec = Extract<
  RunbookStepSpec,
  { type: 'redeploy' | 'rollback' }
>;

/** How long after a call without an answer its effect is looked for. */
const LOST_CALL_MS = 60_000;

/**
 * Looks at deployments with the portal's own credentials: what a step would do,
 * whether what somebody pressed has come about, and what became of a call whose
 * answer was lost. Changes nothing.
 */
export class DeploymentWatcher {
  constructor(
    private readonly options: {
      deployments: DeploymentsService;
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
      const live = (await this.statusOf(run, environment))?.live?.id;
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

  /** Looks whether what somebody pressed has come about. */
  async look(run: HeldRun, step: HeldStep, now: Date): Promise<StepOutcome> {
    const { environment } = step.input as DeploymentSpec;
    if (step.type === 'rollback') {
      return step.called
        ? this.#verifyRollback(run, step, environment)
        : this.#findLostRollback(run, step, environment, now);
    }
    return step.called
      ? this.#verifyRedeploy(run, step, environment)
      : this.#findLostRedeploy(run, step, environment, now);
  }

  async #verifyRollback(
    run: HeldRun,
    { output }: HeldStep,
    environment: string,
  ): Promise<StepOutcome> {
    const status = await this.statusOf(run, environment);
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
    environment: string,
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
    const status = await this.statusOf(run, environment);
    // Environments without a URL of their own have nothing live.
    const isServed = status?.live ? status.live.id === id : state === 'ready';
    return isServed
      ? { kind: 'succeeded', output: { ...output, message: `${id} is live` } }
      : later(`${id} is ${state}`, output);
  }

  async #findLostRollback(
    run: HeldRun,
    step: HeldStep,
    environment: string,
    now: Date,
  ): Promise<StepOutcome> {
    const { output } = step;
    if (!output.deploymentId) return notDone(output, 'Nothing was done');
    await this.#lookAgain(run);
    const live = (await this.statusOf(run, environment))?.live?.id;
    if (live === output.deploymentId) return { kind: 'called', output };
    return isLost(step, now)
      ? notDone(output, `${live ?? 'Nothing'} is live, nothing was done`)
      : later(`No answer yet; ${live ?? 'nothing'} is live`, output);
  }

  async #findLostRedeploy(
    run: HeldRun,
    step: HeldStep,
    environment: string,
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

  /** What an environment of the entity serves. */
  async statusOf(
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

function notDone(output: RunbookStepOutput, message: string): StepOutcome {
  return {
    kind: 'again',
    output: {
      ...output,
      message: `The call had no answer. ${message}.`,
    },
  };
}
