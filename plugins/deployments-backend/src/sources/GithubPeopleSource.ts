import { z } from 'zod';
import type { CommitPlace, GithubConnector } from './GithubConnector';

/** By what somebody who wrote a commit may be known. */
export interface CommitPerson {
  login?: string;
  email?: string;
  name?: string;
}

const personSchema = z
  .object({ name: z.string().nullish(), email: z.string().nullish() })
  .nullish();

const accountSchema = z.object({ login: z.string().optional() }).nullish();

const commitSchema = z.object({
  commit: z.object({
    author: personSchema,
    committer: personSchema,
    message: z.string().default(''),
  }),
  author: accountSchema,
  committer: accountSchema,
});

/** Commits that people make on GitHub's pages are committed by itself. */
const GITHUB_ITSELF = 'noreply@github.com';

/**
 * Reads who wrote a commit: its author, its committer, and who is named as
 * co-author in its message.
 */
export class GithubPeopleSource {
  constructor(private readonly github: GithubConnector) {}

  async listPeople(place: CommitPlace): Promise<CommitPerson[]> {
    const { owner, repo, sha } = place;
    const { commit, author, committer } = await this.github.call({
      place,
      what: `read who wrote a commit of '${owner}/${repo}'`,
      needs: 'read its contents',
      run: (octokit, request) =>
        octokit.rest.repos.getCommit({ owner, repo, ref: sha, request }),
      schema: commitSchema,
    });
    const people: CommitPerson[] = [
      toPerson(author?.login, commit.author),
      toPerson(committer?.login, commit.committer),
      ...listCoAuthors(commit.message),
    ];
    return people.filter(({ email }) => email !== GITHUB_ITSELF);
  }
}

function toPerson(
  login: string | undefined,
  person: z.output<typeof personSchema>,
): CommitPerson {
  return {
    login,
    email: person?.email ?? undefined,
    name: person?.name ?? undefined,
  };
}

/** See GitHub's "Creating a commit with multiple authors". */
function listCoAuthors(message: string): CommitPerson[] {
  const lines = message.matchAll(
    /^co-authored-by:\s*([^<\n]{0,200})<([^>\s]{1,320})>\s*$/gim,
  );
  return [...lines].map(([, name, email]) => ({ name: name.trim(), email }));
}
