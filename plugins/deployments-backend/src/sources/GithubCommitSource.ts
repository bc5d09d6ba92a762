import { z } from 'zod';
import type { CommitTimeSource } from '../services/dora/CommitTimesService';
import type { GithubConnector } from './GithubConnector';

const commitSchema = z.object({
  commit: z.object({ committer: z.object({ date: z.iso.datetime() }) }),
});

/**
 * Asks GitHub when a commit was made: the committer's time, which a rebase or a
 * squash renews, not the author's.
 */
export class GithubCommitSource implements CommitTimeSource {
  constructor(private readonly github: GithubConnector) {}

  async findTime(commit: {
    sha: string;
    url: string;
  }): Promise<Date | undefined> {
    const place = this.github.locate(commit);
    if (!place) return undefined;
    const { owner, repo, sha } = place;
    const { commit: answer } = await this.github.call({
      place,
      what: `read a commit of '${owner}/${repo}'`,
      needs: 'read contents',
      run: (octokit, request) =>
        octokit.rest.repos.getCommit({ owner, repo, ref: sha, request }),
      schema: commitSchema,
    });
    return new Date(answer.committer.date);
  }
}
