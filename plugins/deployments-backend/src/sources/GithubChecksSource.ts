import { NotFoundError } from '@backstage/errors';
import { z } from 'zod';
import type { CommitPlace, GithubConnector } from './GithubConnector';

/** What one check says of a commit. */
export interface CommitCheck {
  name: string;
  state: 'passed' | 'pending' | 'failed';
  url?: string;
}

/** A status of ours at a commit. */
export interface CommitStatus {
  context: string;
  state: 'success' | 'pending' | 'failure';
  /** At most 140 characters. */
  description: string;
  url?: string;
}

const PER_PAGE = 100;

/** 500 check runs of one commit; of more, the rest is not judged by. */
const MAX_PAGES = 5;

const statusesSchema = z.object({
  statuses: z.array(
    z.object({
      context: z.string(),
      state: z.string(),
      description: z.string().nullish(),
      target_url: z.string().nullish(),
    }),
  ),
});

const runsSchema = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullish(),
      html_url: z.string().nullish(),
    }),
  ),
});

/** Conclusions of check runs that stand in nobody's way; see GitHub's "Check runs" REST reference. */
const GOOD_CONCLUSIONS = ['success', 'neutral', 'skipped'];

/**
 * Reads what checks say of a commit, by statuses and by check runs, and writes
 * statuses.
 */
export class GithubChecksSource {
  constructor(private readonly github: GithubConnector) {}

  async listChecks(place: CommitPlace): Promise<CommitCheck[]> {
    const statuses = await this.#listStatuses(place);
    return [
      ...statuses.map((status): CommitCheck => ({
        name: status.context,
        state: stateOfStatus(status.state),
        url: webAddress(status.target_url),
      })),
      ...(await this.#listRuns(place)),
    ];
  }

  /** Writes a status, unless the commit has the very same one already. */
  async putStatus(place: CommitPlace, status: CommitStatus): Promise<void> {
    const { context, state, description, url } = status;
    const present = await this.#listStatuses(place);
    const isPresent = present.some(
      other =>
        other.context === context &&
        other.state === state &&
        other.description === description,
    );
    if (isPresent) return;
    const { owner, repo, sha } = place;
    await this.github.call({
      place,
      what: `set the status '${context}' of a commit of '${owner}/${repo}'`,
      needs: 'write commit statuses',
      run: (octokit, request) =>
        octokit.rest.repos.createCommitStatus({
          owner,
          repo,
          sha,
          context,
          state,
          description,
          target_url: url,
          request,
        }),
      schema: z.unknown(),
    });
  }

  async #listStatuses(place: CommitPlace) {
    const { owner, repo, sha } = place;
    const { statuses } = await this.github.call({
      place,
      what: `read the statuses of a commit of '${owner}/${repo}'`,
      needs: 'read commit statuses',
      run: (octokit, request) =>
        octokit.rest.repos.getCombinedStatusForRef({
          owner,
          repo,
          ref: sha,
          per_page: PER_PAGE,
          request,
        }),
      schema: statusesSchema,
    });
    return statuses;
  }

  /** Servers without the feature answer 404, though they know the commit. */
  async #listRuns(place: CommitPlace): Promise<CommitCheck[]> {
    const { owner, repo, sha } = place;
    const checks: CommitCheck[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const runs = await this.github
        .call({
          place,
          what: `list the check runs of a commit of '${owner}/${repo}'`,
          needs: 'read checks',
          run: (octokit, request) =>
            octokit.rest.checks.listForRef({
              owner,
              repo,
              ref: sha,
              filter: 'latest',
              per_page: PER_PAGE,
              page,
              request,
            }),
          schema: runsSchema,
        })
        .catch(error => {
          if (error instanceof NotFoundError) return { check_runs: [] };
          throw error;
        });
      checks.push(
        ...runs.check_runs
          // Such a run waits for the approval of a deployment, maybe ours.
          .filter(({ status }) => status !== 'waiting')
          .map((run): CommitCheck => ({
            name: run.name,
            state: stateOfRun(run),
            url: webAddress(run.html_url),
          })),
      );
      if (runs.check_runs.length < PER_PAGE) break;
    }
    return checks;
  }
}

/** Whoever writes a status chooses its link, which people open. */
function webAddress(text: string | null | undefined): string | undefined {
  const protocol = URL.parse(text ?? '')?.protocol;
  return protocol === 'https:' || protocol === 'http:'
    ? (text ?? undefined)
    : undefined;
}

function stateOfStatus(state: string): CommitCheck['state'] {
  if (state === 'success') return 'passed';
  return state === 'pending' ? 'pending' : 'failed';
}

function stateOfRun(run: {
  status: string;
  conclusion?: string | null;
}): CommitCheck['state'] {
  if (run.status !== 'completed') return 'pending';
  if (GOOD_CONCLUSIONS.includes(run.conclusion ?? '')) return 'passed';
  return run.conclusion === 'action_required' ? 'pending' : 'failed';
}
