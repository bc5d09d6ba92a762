import { ConflictError, isError } from '@backstage/errors';
import type {
  ProjectRef,
  ProviderEnvironment,
} from '@forkyard/plugin-deployments-node';
import { awaitOutcome, type Waiting } from './awaitOutcome';
import { mapProduction } from './mapDeployment';
import type { RollingReleaseApi } from './RollingReleaseApi';
import type { VercelApi } from './VercelApi';
import type { VercelProject } from './vercelSchemas';

/** What Vercel says of the last time that production was asked to move. */
type AliasRequest = VercelProject['lastAliasRequest'];

/**
 * Tells where production's traffic goes, and moves all of it at once.
 */
export class VercelProduction {
  constructor(
    private readonly options: {
      api: VercelApi;
      releases: RollingReleaseApi;
      waiting?: Waiting;
    },
  ) {}

  async read(
    project: ProjectRef,
    signal?: AbortSignal,
  ): Promise<ProviderEnvironment> {
    return this.describe(
      project,
      await this.options.api.readProject(project, signal),
    );
  }

  /** Reads of a project where production's traffic goes. */
  async describe(
    project: ProjectRef,
    found: VercelProject,
  ): Promise<ProviderEnvironment> {
    const production = mapProduction(found);
    if (found.targets?.production?.readySubstate !== 'ROLLING') {
      return production;
    }
    // The newest one shares the traffic; most of it is still elsewhere.
    const release = await this.options.releases.find(project);
    return release?.state === 'ACTIVE'
      ? { ...production, liveExternalId: release.currentDeployment?.id }
      : production;
  }

  /** Resolves when all traffic goes to the deployment. */
  async promote(project: ProjectRef, externalId: string): Promise<void> {
    await this.#move(project, {
      what: 'promotion',
      externalId,
      ask: () => this.options.api.requestPromote(project, externalId),
    });
  }

  /** Resolves when all traffic goes to the deployment, and is pinned there. */
  async rollback(
    project: ProjectRef,
    externalId: string,
    description?: string,
  ): Promise<void> {
    await this.#move(project, {
      what: 'rollback',
      externalId,
      ask: () =>
        this.options.api.requestRollback(project, {
          deploymentId: externalId,
          description,
        }),
    });
  }

  async #move(
    project: ProjectRef,
    move: {
      what: 'promotion' | 'rollback';
      externalId: string;
      ask(): Promise<void>;
    },
  ): Promise<void> {
    const { what, externalId } = move;
    const { api, waiting } = this.options;
    const before = (await api.readProject(project)).lastAliasRequest;
    let isRepeat = false;
    try {
      await move.ask();
    } catch (error) {
      if (!isError(error) || error.name !== 'ConflictError') throw error;
      isRepeat = await this.#isMoved(project, externalId);
      if (!isRepeat) throw error;
    }
    await awaitOutcome({
      what: `${what} of '${externalId}'`,
      waiting,
      isOver: async signal => {
        const found = await api.readProject(project, signal);
        const isLive = mapProduction(found).liveExternalId === externalId;
        const request = found.lastAliasRequest;
        const isOurs = isRepeat || !isSame(request, before);
        const status = isOurs ? findStatus(request, externalId) : undefined;
        if (status === 'failed' || status === 'skipped') {
          throw new ConflictError(
            `Vercel ${status} the ${what} of '${externalId}', so production's traffic was not moved there. Look at the project's page at Vercel, then try again.`,
          );
        }
        if (status === 'succeeded' && !isLive) {
          await this.#assertWhole(project, externalId);
        }
        return status ? status === 'succeeded' : isLive;
      },
    });
  }

  /** Throws when a promotion became the beginning of a rolling release. */
  async #assertWhole(project: ProjectRef, externalId: string): Promise<void> {
    if (await this.#isSplit(project)) {
      throw new ConflictError(
        `Vercel did not give '${externalId}' all traffic: rolling releases are enabled for project '${project.projectId}', so it began one. Complete it at Vercel, or disable them there and promote again.`,
      );
    }
  }

  /**
   * Tells whether what Vercel refuses is under way or done already: somebody
   * repeats it, or its answer was lost.
   */
  async #isMoved(project: ProjectRef, externalId: string): Promise<boolean> {
    const found = await this.options.api.readProject(project);
    const request = found.lastAliasRequest;
    if (
      request?.jobStatus === 'pending' ||
      request?.jobStatus === 'in-progress'
    ) {
      return request.toDeploymentId === externalId;
    }
    return (
      mapProduction(found).liveExternalId === externalId &&
      !(await this.#isSplit(project))
    );
  }

  async #isSplit(project: ProjectRef): Promise<boolean> {
    return (await this.options.releases.find(project))?.state === 'ACTIVE';
  }
}

/** Tells whether it is still the request that was there before ours. */
function isSame(left: AliasRequest, right: AliasRequest): boolean {
  return (
    left?.requestedAt !== undefined &&
    left.requestedAt.getTime() === right?.requestedAt?.getTime() &&
    left.toDeploymentId === right.toDeploymentId
  );
}

function findStatus(
  request: AliasRequest,
  externalId: string,
): string | undefined {
  return request?.toDeploymentId === externalId ? request.jobStatus : undefined;
}
