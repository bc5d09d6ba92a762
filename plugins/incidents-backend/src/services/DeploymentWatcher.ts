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
import { versionName, withVersions } from './versions';
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
      const live = (await this.statusOf(run, environment))?.live;
      if (input.type === 'redeploy') {
        return withVersions(
          {
            previousDeploymentId: live?.id,
            message: live && `Builds ${versionName(live)} again`,
          },
          live,
        );
      }
      const target = await this.options.deployments.getRollbackTarget(
        { entityRef, environment },
        await this.#own(),
      );
      return withVersions(
        {
          previousDeploymentId: live?.id,
          deploymentId: target.id,
          message: `Goes back from ${versionName(live)} to ${versionName(target)}`,
        },
        live,
        target,
      );
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
    step: HeldStep,
    environment: string,
  ): Promise<StepOutcome> {
    const status = await this.statusOf(run, environment);
    const live = status?.live;
    const output = withVersions(step.output, live);
    const message = `${versionName(live, 'Nothing')} is live`;
    return live && live.id === output.deploymentId
      ? { kind: 'succeeded', output: { ...output, message } }
      : later(message, output);
  }

  async #verifyRedeploy(
    run: HeldRun,
    step: HeldStep,
    environment: string,
  ): Promise<StepOutcome> {
    const { deployments } = this.options;
    const id = step.output.deploymentId!;
    const deployment = await deployments.getDeployment(
      { id },
      await this.#own(),
    );
    const { state } = deployment;
    const name = versionName(deployment);
    const output = withVersions(step.output, deployment);
    if (state === 'failed' || state === 'canceled' || state === 'deleted') {
      return {
        kind: 'failed',
        error: `${name} is ${state}${deployment.errorMessage ? `: ${deployment.errorMessage}` : '.'}`,
        output,
      };
    }
    const status = await this.statusOf(run, environment);
    // Environments without a URL of their own have nothing live.
    const isServed = status?.live ? status.live.id === id : state === 'ready';
    return isServed
      ? { kind: 'succeeded', output: { ...output, message: `${name} is live` } }
      : later(`${name} is ${state}`, output);
  }

  async #findLostRollback(
    run: HeldRun,
    step: HeldStep,
    environment: string,
    now: Date,
  ): Promise<StepOutcome> {
    const { deploymentId } = step.output;
    if (!deploymentId) return notDone(step.output, 'Nothing was done');
    await this.#lookAgain(run);
    const live = (await this.statusOf(run, environment))?.live;
    const output = withVersions(step.output, live);
    if (live?.id === deploymentId) return { kind: 'called', output };
    return isLost(step, now)
      ? notDone(
          output,
          `${versionName(live, 'Nothing')} is live, nothing was done`,
        )
      : later(`No answer yet; ${versionName(live)} is live`, output);
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
      return {
        kind: 'called',
        output: { ...withVersions(output, made), deploymentId: made.id },
      };
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
