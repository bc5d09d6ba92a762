import { findUpstreamFailure } from '@forkyard/backend-kit';
import {
  CHECK_NAME_PREFIX,
  type DeploymentCheck,
  type DeploymentChecks,
  type ProjectRef,
} from '@forkyard/plugin-deployments-node';
import type { UpdateDeploymentCheckRunRequestBody } from '@vercel/sdk/models/updatedeploymentcheckrunop.js';
import type { VercelApi } from './VercelApi';
import {
  VercelChecksApi,
  type Blocks,
  type VercelCheck,
  type VercelCheckRun,
} from './VercelChecksApi';

/** Checks are a matter of the plan and of the token. */
const FORBIDDEN = [402, 403];

/** Where checks are not known at all, asking for them is answered so. */
const REFUSALS = [...FORBIDDEN, 400, 404, 405, 422, 501];

const PASSED = ['neutral', 'skipped', 'succeeded'];

const NOT_ASKED_FOR = {
  state: 'skipped',
  summary: 'The plan of this version does not ask for it.',
} as const;

/** What is said of a run. */
type Said = Pick<DeploymentCheck, 'state' | 'summary'> &
  Partial<Pick<DeploymentCheck, 'externalId' | 'detailsUrl'>>;

/**
 * Reports checks as Vercel's own, so that its page shows them beside the
 * deployment and its "Promote" waits for them.
 *
 * Vercel begins every check of a project by itself when a deployment for
 * production is ready, and holds the deployment until each has passed. So a
 * check blocks only while the project stages its versions, in which case each
 * gets its traffic by a rollout, which reports; where versions go live directly
 * nobody would. It blocks the promotion, not the assignment of host names
 * (`deployment-alias`): that is switched off while versions are staged, and were
 * it on, the last check that passes would send all traffic past the canary.
 * A rollback is not kept from anything. A new check blocks nothing before we
 * reported it once: one that we may create and not conclude would hold all.
 *
 * Vercel's documents do not say whether its page lets people promote past a
 * check, or for how long a run may be open; neither was tried there.
 */
export class VercelChecks implements DeploymentChecks {
  readonly #calls: VercelChecksApi;
  readonly #noted = new Set<string>();

  constructor(private readonly api: VercelApi) {
    this.#calls = new VercelChecksApi(api);
  }

  async reportChecks(
    project: ProjectRef,
    request: { externalId: string; checks: DeploymentCheck[] },
  ): Promise<boolean> {
    const { externalId, checks } = request;
    let own: VercelCheck[] = [];
    try {
      own = await this.#ensure(
        project,
        checks.map(({ name }) => name),
      );
    } catch (error) {
      if (this.#isRefusal(project, error, REFUSALS)) return false;
      throw error;
    }
    if (own.length === 0) return true;
    try {
      const runs = await this.#calls.listRuns(project, externalId);
      await Promise.all(
        own.map(check =>
          this.#report(project, {
            deploymentId: externalId,
            check,
            run: findNewest(runs, check),
            said: checks.find(({ name }) => name === check.name),
          }),
        ),
      );
      await this.#block(project, own);
      return true;
    } catch (error) {
      // Any other refusal is of this report, and the run still waits for one.
      if (!this.#isRefusal(project, error, FORBIDDEN)) throw error;
      await this.#remove(project, own);
      return false;
    }
  }

  /**
   * Lets the checks that are there block from now on, or nothing any more. It
   * counts for what becomes ready later, so that it is told before.
   */
  async align(
    project: ProjectRef,
    { isStaged }: { isStaged: boolean },
  ): Promise<void> {
    try {
      const known = (await this.#calls.listChecks(project)).filter(isOurs);
      await this.#setBlocks(project, known, blocksWhen(isStaged));
    } catch (error) {
      if (!this.#isRefusal(project, error, REFUSALS)) throw error;
    }
  }

  /** Gives all checks of ours, of which those that are named are there. */
  async #ensure(project: ProjectRef, names: string[]): Promise<VercelCheck[]> {
    const known = (await this.#calls.listChecks(project)).filter(isOurs);
    const created = await Promise.all(
      names
        .filter(name => known.every(check => check.name !== name))
        .map(name => this.#calls.createCheck(project, name)),
    );
    return [...known, ...created];
  }

  /** Lets checks block, of which it is known now that we may conclude them. */
  async #block(project: ProjectRef, own: VercelCheck[]): Promise<void> {
    const isStaged = await this.#calls.isStaged(project);
    const changed = await this.#setBlocks(project, own, blocksWhen(isStaged));
    // Whoever ended the staging meanwhile may have looked before these blocked.
    const mayHaveEnded = isStaged && changed > 0;
    if (mayHaveEnded && !(await this.#calls.isStaged(project))) {
      await this.align(project, { isStaged: false });
    }
  }

  /** Takes our checks away, which nobody could conclude any more. */
  async #remove(project: ProjectRef, own: VercelCheck[]): Promise<void> {
    await Promise.allSettled(
      own.map(check => this.#calls.deleteCheck(project, check)),
    );
  }

  async #setBlocks(project: ProjectRef, known: VercelCheck[], blocks: Blocks) {
    const outdated = known.filter(check => check.blocks !== blocks);
    await Promise.all(
      outdated.map(check => this.#calls.setBlocks(project, check, blocks)),
    );
    return outdated.length;
  }

  async #report(
    project: ProjectRef,
    report: {
      deploymentId: string;
      check: VercelCheck;
      run: VercelCheckRun | undefined;
      said: Said | undefined;
    },
  ): Promise<void> {
    const { deploymentId, check, run, said = NOT_ASKED_FOR } = report;
    if (!report.said && isSettled(run)) return;
    const change = toChange(said);
    if (
      run?.status === change.status &&
      run?.conclusion === change.conclusion
    ) {
      return;
    }
    const isOpen = run !== undefined && run.status !== 'completed';
    await this.#calls.updateRun(project, {
      deploymentId,
      // What is completed stays as it was; a newer run tells the news.
      checkRunId: isOpen
        ? run.id
        : await this.#calls.createRun(project, { deploymentId, check }),
      change,
    });
  }

  /** Notes once for each project that Vercel takes no checks of it. */
  #isRefusal(
    { projectId }: ProjectRef,
    error: unknown,
    statuses: number[],
  ): boolean {
    const { status } = findUpstreamFailure(error) ?? {};
    if (status === undefined || !statuses.includes(status)) return false;
    if (!this.#noted.has(projectId)) {
      this.#noted.add(projectId);
      this.api.client.logger?.warn(
        `Vercel takes no checks of project '${projectId}', so that only the commit shows them: ${(error as Error).message}`,
      );
    }
    return true;
  }
}

function blocksWhen(isStaged: boolean): Blocks {
  return isStaged ? 'deployment-promotion' : 'none';
}

function isOurs({ name }: VercelCheck): boolean {
  return name.startsWith(CHECK_NAME_PREFIX);
}

function findNewest(
  runs: VercelCheckRun[],
  { id }: VercelCheck,
): VercelCheckRun | undefined {
  return runs
    .filter(({ checkId }) => checkId === id)
    .reduce<VercelCheckRun | undefined>(
      (newest, run) =>
        newest && newest.createdAt >= run.createdAt ? newest : run,
      undefined,
    );
}

/** Whether nobody has to say anything for the deployment to be let through. */
function isSettled(run: VercelCheckRun | undefined): boolean {
  return !run || PASSED.includes(run.conclusion ?? '');
}

function toChange(said: Said): UpdateDeploymentCheckRunRequestBody {
  const { state, summary, externalId, detailsUrl } = said;
  const links = { externalId, externalUrl: detailsUrl };
  if (state === 'queued' || state === 'running') {
    return { ...links, status: state };
  }
  return {
    ...links,
    status: 'completed',
    conclusion: state === 'passed' ? 'succeeded' : state,
    conclusionText: summary,
  };
}
