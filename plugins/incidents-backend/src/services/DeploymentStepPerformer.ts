import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { assertError, ConflictError, NotAllowedError } from '@backstage/errors';
import type {
  RunbookStepOutput,
  RunbookStepSpec,
} from '@forkyard/plugin-incidents-common';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import type { DeploymentsService } from '@forkyard/plugin-deployments-node';
import type { ClaimedRun, HeldStep, RunsStore } from '../database/RunsStore';
import { keptName, versionName, withVersions } from './versions';
import { isRefusal, messageOf, statusOf } from './backendErrors';

type DeploymentSpec = Extract<
  RunbookStepSpec,
  { type: 'redeploy' | 'rollback' }
>;

/** What is going to be done, known before it is done. */
interface Plan {
  intent: RunbookStepOutput;
  text: string;
  act(): Promise<Deployment>;
}

/**
 * Redeploys and rolls back, in the request of the person who pressed the button
 * and with that person's rights, because no right outlives the request.
 *
 * What is meant to happen is written before the call, what came of it after. A
 * refusal leaves the step waiting as if nobody had pressed. When nobody knows
 * whether the call took effect (no answer, a crash), the step stays running, and
 * the executor looks what is live before anybody may press again.
 */
export class DeploymentStepPerformer {
  constructor(
    private readonly options: {
      runs: RunsStore;
      deployments: DeploymentsService;
    },
  ) {}

  async perform(
    run: ClaimedRun,
    step: HeldStep,
    caller: { credentials: BackstageCredentials; by: string },
  ): Promise<void> {
    const { id, leaseId } = run;
    let plan: Plan;
    try {
      plan =
        step.type === 'rollback'
          ? await this.#planRollback(run, step, caller)
          : await this.#planRedeploy(run, step, caller);
    } catch (error) {
      assertError(error);
      throw await this.#giveBack(run, step, caller.by, error);
    }
    const isOurs = await this.options.runs.save({
      id,
      leaseId,
      step: { index: step.index, output: plan.intent },
      timeline: [
        {
          who: caller.by,
          kind: 'step-started',
          text: plan.text,
          stepIndex: step.index,
        },
      ],
    });
    if (!isOurs) {
      throw new ConflictError(
        `'${step.title}' was not done: the run was canceled, or took too long to begin. Look at it again.`,
      );
    }
    let deployment: Deployment;
    try {
      deployment = await plan.act();
    } catch (error) {
      assertError(error);
      if (isRefusal(error)) {
        throw await this.#giveBack(run, step, caller.by, error);
      }
      await this.options.runs.save({
        id,
        leaseId,
        step: {
          index: step.index,
          output: { ...plan.intent, message: messageOf(error) },
        },
        release: { dueInSeconds: 0 },
      });
      return;
    }
    await this.options.runs.save({
      id,
      leaseId,
      step: {
        index: step.index,
        called: true,
        output: {
          ...withVersions(plan.intent, deployment),
          deploymentId: deployment.id,
        },
      },
      release: { dueInSeconds: 0 },
    });
  }

  /** Goes back to what was shown when the step was offered, or not at all. */
  async #planRollback(
    { entityRef }: ClaimedRun,
    step: HeldStep,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<Plan> {
    const { deployments } = this.options;
    const { environment } = step.input as DeploymentSpec;
    const live = await this.#findLive(entityRef, environment, credentials);
    const offered = step.output;
    if (live && live.id === offered.deploymentId) {
      return {
        intent: withVersions(offered, live),
        text: `${versionName(live)} is live in ${environment} already`,
        act: async () => live,
      };
    }
    assertUnchanged(environment, offered, live);
    const target = offered.deploymentId
      ? undefined
      : await deployments.getRollbackTarget(
          { entityRef, environment },
          { credentials },
        );
    const toDeploymentId = target?.id ?? offered.deploymentId!;
    const { versions } = withVersions(offered, live, target);
    const intent = {
      previousDeploymentId: live?.id,
      deploymentId: toDeploymentId,
      versions,
    };
    return {
      intent,
      text: `Rolls ${environment} back from ${versionName(live)} to ${keptName(intent, toDeploymentId)}`,
      act: () =>
        deployments.rollback(
          { entityRef, environment, toDeploymentId },
          { credentials },
        ),
    };
  }

  async #planRedeploy(
    { entityRef }: ClaimedRun,
    step: HeldStep,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<Plan> {
    const { deployments } = this.options;
    const { environment } = step.input as DeploymentSpec;
    const live = await this.#findLive(entityRef, environment, credentials);
    assertUnchanged(environment, step.output, live);
    const { items } = await deployments.listDeployments(
      { entityRef, environment, limit: 1 },
      { credentials },
    );
    const again = live ?? items.at(0);
    if (!again) {
      throw new ConflictError(
        `There is nothing to redeploy in '${environment}' of '${entityRef}': it has never been deployed. Push a commit.`,
      );
    }
    return {
      intent: {
        previousDeploymentId: again.id,
        newestDeploymentId: items.at(0)?.id,
        versions: withVersions(step.output, again).versions,
      },
      text: `Builds ${versionName(again)} again for ${environment}`,
      act: () => deployments.redeploy({ id: again.id }, { credentials }),
    };
  }

  async #findLive(
    entityRef: string,
    environment: string,
    credentials: BackstageCredentials,
  ) {
    const status = await this.options.deployments.getEntityStatus(
      { entityRef },
      { credentials },
    );
    return status.environments.find(each => each.environment === environment)
      ?.live;
  }

  /** Nothing was done: the step waits again, and the caller is told why. */
  async #giveBack(
    run: ClaimedRun,
    step: HeldStep,
    by: string,
    error: Error,
  ): Promise<Error> {
    const isDenied = statusOf(error) === 403;
    const message = messageOf(error);
    await this.options.runs.save({
      id: run.id,
      leaseId: run.leaseId,
      step: {
        index: step.index,
        state: 'waiting',
        output: { ...step.output, message },
      },
      state: 'waiting',
      release: { dueInSeconds: 'never' },
      timeline: [
        {
          who: by,
          kind: isDenied ? 'step-denied' : 'step-failed',
          text: `'${step.title}' was not done: ${message}`,
          stepIndex: step.index,
        },
      ],
    });
    if (isDenied) return new NotAllowedError(message);
    return isRefusal(error) ? new ConflictError(message) : error;
  }
}

/**
 * Refuses when something else is live than when the step was offered: somebody
 * else may have gone back already, and going back again would bring the bad
 * version back.
 */
function assertUnchanged(
  environment: string,
  offered: RunbookStepOutput,
  live: Deployment | undefined,
): void {
  const { previousDeploymentId } = offered;
  if (previousDeploymentId && previousDeploymentId !== live?.id) {
    throw new ConflictError(
      `'${environment}' has changed since this step was offered: ${versionName(live)} is live instead of ${keptName(offered, previousDeploymentId)}. If it is still needed, cancel this run and start the runbook again.`,
    );
  }
}
