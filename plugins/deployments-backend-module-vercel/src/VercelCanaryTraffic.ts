import type { LoggerService } from '@backstage/backend-plugin-api';
import { ConflictError, InputError, isError } from '@backstage/errors';
import { findUpstreamFailure } from '@forkyard/backend-kit';
import type {
  CanaryTraffic,
  ProjectRef,
  ProviderCanary,
} from '@forkyard/plugin-deployments-node';
import { awaitOutcome, type Waiting } from './awaitOutcome';
import { mapCanary } from './mapCanary';
import type { RollingReleaseApi } from './RollingReleaseApi';
import type { VercelProduction } from './VercelProduction';

/** Vercel's own bound is ten stages, the last of which has all traffic. */
const MAX_STAGES = 9;

/**
 * Splits production's traffic by Vercel's rolling releases.
 *
 * A project's configuration of them is only a template for the next one, and
 * while it is there every promotion begins one instead of moving the traffic.
 * So it is written right before a start and taken away at the end, also by a
 * repeat of the end, because we may die before we come to it. It is never
 * disabled by the call that configures, which may end what is under way.
 */
export class VercelCanaryTraffic implements CanaryTraffic {
  constructor(
    private readonly options: {
      releases: RollingReleaseApi;
      production: VercelProduction;
      logger?: LoggerService;
      waiting?: Waiting;
    },
  ) {}

  async getCanary(project: ProjectRef): Promise<ProviderCanary | undefined> {
    return this.#read(project);
  }

  async startCanary(
    project: ProjectRef,
    request: { externalId: string; percentages: number[] },
  ): Promise<void> {
    const { externalId, percentages } = request;
    const { releases } = this.options;
    assertPercentages(percentages);
    if (await this.#isCanary(project, externalId)) return;
    await releases.configure(project, percentages);
    try {
      await releases.start(project, externalId);
    } catch (error) {
      // Else it may have begun: repeating the start, or an abort, finds out.
      if (!isRefusal(error)) throw error;
      if (!(await this.#isActive(project, externalId))) {
        await releases.disable(project);
        throw error;
      }
    }
    await this.#await(`start of canary '${externalId}'`, signal =>
      this.#isActive(project, externalId, signal),
    );
  }

  async advanceCanary(
    project: ProjectRef,
    request: { externalId: string; stageIndex: number },
  ): Promise<void> {
    const { externalId, stageIndex } = request;
    const isReached = async (index: number, signal?: AbortSignal) => {
      const found = await this.#read(project, signal);
      if (found?.state !== 'active' || found.canaryExternalId !== externalId) {
        throw new ConflictError(
          `Deployment '${externalId}' is no canary of project '${project.projectId}' at Vercel (${describe(found)}), so it cannot go to stage ${stageIndex + 1}.`,
        );
      }
      if (index >= found.stages) {
        throw new InputError(
          `Canary '${externalId}' has ${found.stages} stages and therefore no stage ${index + 1}. Complete it instead.`,
        );
      }
      return found.stageIndex >= index ? true : found.stageIndex;
    };
    for (;;) {
      const reached = await isReached(stageIndex);
      if (reached === true) return;
      const next = reached + 1;
      try {
        await this.options.releases.approveStage(project, {
          canaryDeploymentId: externalId,
          nextStageIndex: next,
        });
      } catch (error) {
        // Perhaps because it is there already.
        if (!isRefusal(error) || (await isReached(next)) !== true) throw error;
      }
      await this.#await(
        `stage ${next + 1} of canary '${externalId}'`,
        async signal => (await isReached(next, signal)) === true,
      );
    }
  }

  async completeCanary(
    project: ProjectRef,
    request: { externalId: string },
  ): Promise<void> {
    const { externalId } = request;
    const { releases, production } = this.options;
    if (await this.#isActive(project, externalId)) {
      try {
        await releases.complete(project, externalId);
      } catch (error) {
        if (!isRefusal(error) || (await this.#isActive(project, externalId))) {
          throw error;
        }
      }
      await this.#awaitEnd(project, externalId, 'completion');
    }
    const found = await this.#read(project);
    const isComplete =
      found?.canaryExternalId === externalId && found.state === 'complete';
    await this.#await(`completion of canary '${externalId}'`, async signal => {
      const { liveExternalId, pinned } = await production.read(project, signal);
      if (liveExternalId === externalId) return true;
      if (isComplete && !pinned) return false;
      throw new ConflictError(
        `Canary '${externalId}' cannot be completed: '${liveExternalId ?? 'nothing'}' serves production at Vercel, and ${describe(found)}. Promote the deployment instead.`,
      );
    });
    await releases.disable(project);
  }

  async abortCanary(
    project: ProjectRef,
    request: { externalId: string },
  ): Promise<void> {
    const { externalId } = request;
    const { releases, production } = this.options;
    const found = await this.#read(project);
    if (found?.state === 'active') {
      if (found.canaryExternalId !== externalId) return;
      await this.#abort(project, found);
      await this.#awaitEnd(project, externalId, 'end');
    }
    const { liveExternalId, pinned } = await production.read(project);
    if (liveExternalId === externalId) {
      throw new ConflictError(
        `Canary '${externalId}' has all traffic already, so it cannot be aborted. Roll back instead.`,
      );
    }
    await releases.disable(project);
    if (liveExternalId && pinned?.description === describeAbort(externalId)) {
      await this.#releasePin(project, liveExternalId);
    }
  }

  /**
   * Ends the canary by a rollback to where the rest of the traffic is, as
   * Vercel's command line does. Its description tells the pin that this leaves
   * from one that somebody wants, also to a repeat after we died.
   */
  async #abort(project: ProjectRef, canary: ProviderCanary): Promise<void> {
    const { canaryExternalId, stableExternalId } = canary;
    const { releases, production } = this.options;
    try {
      await production.rollback(
        project,
        stableExternalId,
        describeAbort(canaryExternalId),
      );
    } catch (error) {
      if (!isRefusal(error)) throw error;
      if (await this.#isActive(project, canaryExternalId)) {
        await releases.abort(project, canaryExternalId);
      }
    }
  }

  /** Lets later deployments have traffic again, after our own rollback. */
  async #releasePin(project: ProjectRef, externalId: string): Promise<void> {
    const { production, logger } = this.options;
    try {
      await production.promote(project, externalId);
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    if ((await production.read(project)).pinned) {
      logger?.warn(
        `Vercel keeps production of project '${project.projectId}' pinned to '${externalId}' after a canary was aborted by a rollback. The next promotion releases it.`,
      );
    }
  }

  async #read(project: ProjectRef, signal?: AbortSignal) {
    const release = await this.options.releases.find(project, signal);
    return release && mapCanary(project, release);
  }

  async #isActive(
    project: ProjectRef,
    externalId: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const found = await this.#read(project, signal);
    return found?.state === 'active' && found.canaryExternalId === externalId;
  }

  /** As `#isActive`, but throws when another one is the canary now. */
  async #isCanary(project: ProjectRef, externalId: string): Promise<boolean> {
    const found = await this.#read(project);
    if (found?.state !== 'active') return false;
    if (found.canaryExternalId === externalId) return true;
    throw new ConflictError(
      `Deployment '${externalId}' cannot become a canary of project '${project.projectId}' at Vercel, because ${describe(found)}. Complete or abort that one first.`,
    );
  }

  async #awaitEnd(
    project: ProjectRef,
    externalId: string,
    what: 'completion' | 'end',
  ): Promise<void> {
    await this.#await(
      `${what} of canary '${externalId}'`,
      async signal => !(await this.#isActive(project, externalId, signal)),
    );
  }

  async #await(
    what: string,
    isOver: (signal: AbortSignal) => Promise<boolean>,
  ): Promise<void> {
    await awaitOutcome({ what, isOver, waiting: this.options.waiting });
  }
}

function assertPercentages(percentages: number[]): void {
  const isAscending = percentages.every(
    (percent, index) =>
      Number.isInteger(percent) &&
      percent >= 1 &&
      percent <= 99 &&
      (index === 0 || percent > percentages[index - 1]),
  );
  if (!isAscending || percentages.length < 1) {
    throw new InputError(
      `The percentages of a canary are [${percentages.join(', ')}]: give integers from 1 to 99, each above the one before.`,
    );
  }
  if (percentages.length > MAX_STAGES) {
    throw new InputError(
      `A canary has ${percentages.length} percentages: Vercel takes ${MAX_STAGES} at most.`,
    );
  }
}

/** Whether Vercel said no, so that what was asked for did not happen. */
function isRefusal(error: unknown): boolean {
  const names = ['ConflictError', 'InputError', 'NotFoundError'];
  const status = findUpstreamFailure(error)?.status ?? 0;
  return (
    (isError(error) && names.includes(error.name)) ||
    [401, 402, 403, 405].includes(status)
  );
}

/** Tells our own rollbacks from those that somebody wants to last. */
function describeAbort(externalId: string): string {
  return `Canary ${externalId} was aborted`;
}

function describe(canary: ProviderCanary | undefined): string {
  return canary
    ? `its last canary is '${canary.canaryExternalId}', ${canary.state} with ${canary.percent} % of the traffic`
    : 'it had no canary yet';
}
