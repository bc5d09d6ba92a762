import { NotFoundError, ServiceUnavailableError } from '@backstage/errors';
import { z } from 'zod';
import type { CommitPlace, GithubConnector } from './GithubConnector';

/** Workflow runs of one commit that are looked at. */
const MAX_RUNS = 20;

const runsSchema = z.object({
  workflow_runs: z.array(z.object({ id: z.number() })),
});

const pendingSchema = z.array(
  z.object({
    environment: z.object({ id: z.number(), name: z.string() }),
    current_user_can_approve: z.boolean().optional(),
  }),
);

/**
 * Answers workflow runs that wait until somebody approves a deployment to an
 * environment.
 */
export class GithubPendingDeploymentsSource {
  constructor(private readonly github: GithubConnector) {}

  /**
   * Gives how many runs of the commit were answered. Throws
   * `ServiceUnavailableError` when our credentials may not answer.
   */
  async review(
    place: CommitPlace,
    review: {
      environment: string;
      state: 'approved' | 'rejected';
      comment: string;
    },
  ): Promise<number> {
    const { owner, repo } = place;
    let answered = 0;
    for (const runId of await this.#listWaitingRuns(place)) {
      const pending = await this.#listPending(place, runId);
      const meant = pending.filter(
        ({ environment }) =>
          environment.name.toLowerCase() === review.environment.toLowerCase(),
      );
      if (meant.length === 0) continue;
      if (meant.some(({ current_user_can_approve: may }) => may === false)) {
        throw new ServiceUnavailableError(
          `GitHub takes no approval of environment '${review.environment}' of '${owner}/${repo}' from us: add the account of 'integrations.github' to its required reviewers.`,
        );
      }
      await this.github.call({
        place,
        what: `answer a deployment of '${owner}/${repo}' that waits`,
        needs: 'write deployments',
        run: (octokit, request) =>
          octokit.rest.actions.reviewPendingDeploymentsForRun({
            owner,
            repo,
            run_id: runId,
            environment_ids: meant.map(({ environment }) => environment.id),
            state: review.state,
            comment: review.comment,
            request,
          }),
        schema: z.unknown(),
      });
      answered++;
    }
    return answered;
  }

  /** Servers without Actions answer 404. */
  async #listWaitingRuns(place: CommitPlace): Promise<number[]> {
    const { owner, repo, sha } = place;
    try {
      const { workflow_runs: runs } = await this.github.call({
        place,
        what: `list the workflow runs of a commit of '${owner}/${repo}'`,
        needs: 'read actions',
        run: (octokit, request) =>
          octokit.rest.actions.listWorkflowRunsForRepo({
            owner,
            repo,
            head_sha: sha,
            status: 'waiting',
            per_page: MAX_RUNS,
            request,
          }),
        schema: runsSchema,
      });
      return runs.map(({ id }) => id);
    } catch (error) {
      if (error instanceof NotFoundError) return [];
      throw error;
    }
  }

  #listPending(place: CommitPlace, runId: number) {
    const { owner, repo } = place;
    return this.github.call({
      place,
      what: `list what a workflow run of '${owner}/${repo}' waits for`,
      needs: 'read actions',
      run: (octokit, request) =>
        octokit.rest.actions.getPendingDeploymentsForRun({
          owner,
          repo,
          run_id: runId,
          request,
        }),
      schema: pendingSchema,
    });
  }
}
