import { isError } from '@backstage/errors';
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

const comparisonSchema = z.object({
  total_commits: z.number(),
  commits: z.array(commitSchema),
});

/** GitHub gives no more of a comparison at once. */
const PER_PAGE = 100;

/** More than anybody releases at once; of more, nobody is told. */
const MAX_COMMITS = 500;

/** Commits that people make on GitHub's pages are committed by itself. */
const GITHUB_ITSELF = 'noreply@github.com';

/**
 * Reads who wrote commits: their authors, their committers, and who is named as
 * co-author in their messages.
 */
export class GithubPeopleSource {
  constructor(private readonly github: GithubConnector) {}

  async listPeople(place: CommitPlace): Promise<CommitPerson[]> {
    const { owner, repo, sha } = place;
    const commit = await this.github.call({
      place,
      what: `read who wrote a commit of '${owner}/${repo}'`,
      needs: 'read its contents',
      run: (octokit, request) =>
        octokit.rest.repos.getCommit({ owner, repo, ref: sha, request }),
      schema: commitSchema,
    });
    return peopleOf(commit);
  }

  /**
   * Who wrote what `head` has and `base` has not, or why GitHub does not tell.
   * Throws when GitHub cannot be asked.
   */
  async listPeopleSince(
    base: CommitPlace,
    head: CommitPlace,
  ): Promise<CommitPerson[] | { unreadable: string }> {
    const { owner, repo } = head;
    if (base.owner !== owner || base.repo !== repo) {
      return { unreadable: 'they are not in one repository' };
    }
    if (base.sha === head.sha) return [];
    const people: CommitPerson[] = [];
    try {
      for (let page = 1, total = 1; (page - 1) * PER_PAGE < total; page++) {
        const found = await this.#compare(base, head, page);
        total = found.total_commits;
        if (total > MAX_COMMITS) {
          return { unreadable: `there are ${total} of them` };
        }
        people.push(...found.commits.flatMap(peopleOf));
      }
    } catch (error) {
      if (!isError(error) || error.name !== 'NotFoundError') throw error;
      return { unreadable: 'GitHub finds no way from one to the other' };
    }
    return people;
  }

  #compare(base: CommitPlace, head: CommitPlace, page: number) {
    const { owner, repo } = head;
    return this.github.call({
      place: head,
      what: `compare two commits of '${owner}/${repo}'`,
      needs: 'read its contents',
      run: (octokit, request) =>
        octokit.rest.repos.compareCommitsWithBasehead({
          owner,
          repo,
          basehead: `${base.sha}...${head.sha}`,
          per_page: PER_PAGE,
          page,
          request,
        }),
      schema: comparisonSchema,
    });
  }
}

function peopleOf({
  commit,
  author,
  committer,
}: z.output<typeof commitSchema>): CommitPerson[] {
  const people: CommitPerson[] = [
    toPerson(author?.login, commit.author),
    toPerson(committer?.login, commit.committer),
    ...listCoAuthors(commit.message),
  ];
  return people.filter(({ email }) => email !== GITHUB_ITSELF);
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
