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
import { ASKED, VercelChecksRefusals } from './VercelChecksRefusals';

const PASSED = ['neutral', 'skipped', 'succeeded'];

const NOT_ASKED_FOR = {
  state: 'skipped',
  summary: 'The plan of this version does not ask for it.',
} as const;

const LEFT_THERE = `Those that are there could not be taken away and may hold promotions at Vercel: delete the checks '${CHECK_NAME_PREFIX}...' in the settings of the project.`;

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
 * What is refused is thrown, and what blocks goes on to block, as long as the
 * refusal may pass. Once it is believed the checks are taken away: nobody could
 * conclude them any more. The next report tries again.
 *
 * Vercel's documents do not say whether its page lets people promote past a
 * check, or for how long a run may be open; neither was tried there.
 */
export class VercelChecks implements DeploymentChecks {
  readonly #calls: VercelChecksApi;
  readonly #refusals: VercelChecksRefusals;

  constructor(api: VercelApi, { now = Date.now } = {}) {
    this.#calls = new VercelChecksApi(api);
    this.#refusals = new VercelChecksRefusals({
      logger: api.client.logger,
      now,
    });
  }

  async reportChecks(
    project: ProjectRef,
    request: { externalId: string; checks: DeploymentCheck[] },
  ): Promise<boolean> {
    const { externalId, checks } = request;
    const own: VercelCheck[] = [];
    let asked: (typeof ASKED)[keyof typeof ASKED] = ASKED.first;
    try {
      own.push(...(await this.#list(project)));
      if (own.length > 0) asked = ASKED.another;
      own.push(...(await this.#create(project, own, checks)));
      if (own.length === 0) return true;
      asked = ASKED.report;
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
      this.#refusals.forget(project.projectId);
      return true;
    } catch (error) {
      const { projectId } = project;
      if (!this.#refusals.lasts(projectId, error, asked)) throw error;
      const left = await this.#remove(project, own);
      const hint = left > 0 ? ` ${LEFT_THERE}` : '';
      this.#refusals.note(projectId, `${(error as Error).message}${hint}`);
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
      const known = await this.#list(project);
      await this.#setBlocks(project, known, blocksWhen(isStaged));
    } catch (error) {
      const { projectId } = project;
      if (!this.#refusals.lasts(projectId, error, ASKED.first)) throw error;
      this.#refusals.note(projectId, (error as Error).message);
    }
  }

  async #list(project: ProjectRef): Promise<VercelCheck[]> {
    return (await this.#calls.listChecks(project)).filter(isOurs);
  }

  /** Creates those that are not there yet. */
  async #create(
    project: ProjectRef,
    known: VercelCheck[],
    wanted: DeploymentCheck[],
  ): Promise<VercelCheck[]> {
    return Promise.all(
      wanted
        .filter(({ name }) => known.every(check => check.name !== name))
        .map(({ name }) => this.#calls.createCheck(project, name)),
    );
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

  /** Takes our checks away, and gives how many could not be. */
  async #remove(project: ProjectRef, own: VercelCheck[]): Promise<number> {
    const removed = await Promise.allSettled(
      own.map(check => this.#calls.deleteCheck(project, check)),
    );
    return removed.filter(({ status }) => status === 'rejected').length;
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
