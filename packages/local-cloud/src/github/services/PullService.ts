import { ApiError } from '../../http';
import { GitPerson, zeroSha } from '../git';
import {
  Document,
  GitHubStore,
  PullBody,
  Repository,
  repositoryScope,
} from '../store';
import { notFound, validationFailed } from './errors';
import { RepositoryService } from './RepositoryService';

export type Pull = Document<PullBody>;

/** Says where the two branches of a pull request stand. */
export interface PullPosition {
  /** The repository of the head branch; undefined when it is gone. */
  head: Repository | undefined;
  headSha: string;
  baseSha: string;
}

export type MergeMethod = 'merge' | 'squash' | 'rebase';

function conflict(field: string, message: string): ApiError {
  return validationFailed([
    { resource: 'PullRequest', field, code: 'custom', message },
  ]);
}

/** Opens, reads and merges pull requests. */
export class PullService {
  readonly #store: GitHubStore;
  readonly #repositories: RepositoryService;

  constructor(options: {
    store: GitHubStore;
    repositories: RepositoryService;
  }) {
    this.#store = options.store;
    this.#repositories = options.repositories;
  }

  list(repository: Repository): Pull[] {
    return this.#store.pulls.list(repositoryScope(repository)).reverse();
  }

  get(repository: Repository, number: string): Pull {
    const pull = this.#store.pulls.find(repositoryScope(repository), number);
    if (!pull) {
      throw notFound();
    }
    return pull;
  }

  update(repository: Repository, pull: Pull, change: Partial<PullBody>): Pull {
    this.#store.pulls.update(pull.id, { ...pull.body, ...change });
    return this.get(repository, pull.name);
  }

  /** Finds where both branches are now, or where they were when it was closed. */
  async locate(repository: Repository, pull: Pull): Promise<PullPosition> {
    const { body } = pull;
    const head = this.#store.repositories.findById(body.headRepositoryId);
    if (body.headSha && body.baseSha) {
      return { head, headSha: body.headSha, baseSha: body.baseSha };
    }
    const { objects, writer } = this.#repositories.git(repository);
    const find = async (of: Repository | undefined, branch: string) =>
      of &&
      (await this.#repositories.git(of).objects.findRef(`refs/heads/${branch}`))
        ?.sha;
    const kept = `refs/pull/${body.number}/head`;
    const known = (await objects.findRef(kept))?.sha;
    const headSha = (await find(head, body.headRef)) ?? known ?? zeroSha;
    const baseSha = (await find(repository, body.baseRef)) ?? zeroSha;
    if (headSha !== zeroSha && headSha !== known) {
      if (head && head.id !== repository.id) {
        await writer.fetchFrom(this.#repositories.gitDir(head), [headSha]);
      }
      await writer.updateRef({
        ref: kept,
        before: known ?? zeroSha,
        after: headSha,
      });
    }
    return { head, headSha, baseSha };
  }

  async open(
    repository: Repository,
    options: {
      login: string;
      title: string;
      body?: string;
      draft: boolean;
      /** `branch` or `owner:branch`. */
      head: string;
      base: string;
    },
  ): Promise<Pull> {
    const [owner, ...rest] = options.head.includes(':')
      ? options.head.split(':')
      : [repository.owner.login, options.head];
    const headRef = rest.join(':');
    const headRepository = this.#findHead(repository, owner, headRef);
    const branch = (of: Repository, name: string) =>
      this.#repositories.git(of).objects.findRef(`refs/heads/${name}`);
    const head = headRepository && (await branch(headRepository, headRef));
    const base = await branch(repository, options.base);
    if (!headRepository || !head || !base) {
      const field = head ? 'base' : 'head';
      throw validationFailed([
        { resource: 'PullRequest', field, code: 'invalid' },
      ]);
    }
    const same = this.list(repository).find(
      ({ body }) =>
        body.state === 'open' &&
        body.headRepositoryId === headRepository.id &&
        body.headRef === headRef &&
        body.baseRef === options.base,
    );
    if (same) {
      throw conflict(
        'head',
        `A pull request already exists for ${owner}:${headRef}.`,
      );
    }
    const { history, writer } = this.#repositories.git(repository);
    if (headRepository.id !== repository.id) {
      await writer.fetchFrom(this.#repositories.gitDir(headRepository), [
        head.sha,
      ]);
    }
    if (await history.isAncestor(head.sha, base.sha)) {
      throw conflict(
        'head',
        `No commits between ${options.base} and ${headRef}`,
      );
    }
    const pull = this.#store.transaction(() => {
      const number = (this.list(repository)[0]?.body.number ?? 0) + 1;
      return this.#store.pulls.put(
        repositoryScope(repository),
        String(number),
        {
          number,
          title: options.title,
          body: options.body,
          user: options.login,
          draft: options.draft,
          state: 'open',
          headRepositoryId: headRepository.id,
          headRef,
          baseRef: options.base,
          labels: [],
          assignees: [],
          reviewers: [],
          teamReviewers: [],
        },
      );
    });
    await this.locate(repository, pull);
    return pull;
  }

  /** Closes without merging; the branches' places are kept. */
  async close(repository: Repository, pull: Pull): Promise<Pull> {
    const { headSha, baseSha } = await this.locate(repository, pull);
    return this.update(repository, pull, {
      state: 'closed',
      headSha,
      baseSha,
      closedAt: new Date().toISOString(),
    });
  }

  reopen(repository: Repository, pull: Pull): Pull {
    if (pull.body.mergedAt) {
      throw conflict('state', 'state cannot be changed. It is merged.');
    }
    return this.update(repository, pull, {
      state: 'open',
      headSha: undefined,
      baseSha: undefined,
      closedAt: undefined,
    });
  }

  async merge(
    repository: Repository,
    pull: Pull,
    options: {
      login: string;
      person: GitPerson;
      method: MergeMethod;
      sha?: string;
      title?: string;
      message?: string;
    },
  ): Promise<Pull> {
    if (pull.body.state !== 'open' || pull.body.draft) {
      throw new ApiError(405, 'Pull Request is not mergeable');
    }
    const { objects, history, writer } = this.#repositories.git(repository);
    const { number, headRef, baseRef, title } = pull.body;
    const position = await this.locate(repository, pull);
    const { head, headSha, baseSha } = position;
    if (options.sha && options.sha !== headSha) {
      throw new ApiError(
        409,
        'Head branch was modified. Review and try the merge again.',
      );
    }
    const label = `${head?.owner.login ?? 'unknown'}/${headRef}`;
    const squash = options.method === 'squash';
    const subject = squash
      ? `${title} (#${number})`
      : `Merge pull request #${number} from ${label}`;
    const text = options.message ?? (squash ? '' : title);
    const after = await this.#repositories.write(
      repository,
      options.login,
      async () => {
        const merged =
          options.method === 'rebase'
            ? await this.#rebase(repository, position, options.person)
            : await this.#joinTrees(repository, position, async tree =>
                writer.writeCommit({
                  tree,
                  parents: squash ? [baseSha] : [baseSha, headSha],
                  author: options.person,
                  committer: options.person,
                  message: `${options.title ?? subject}${
                    text ? `\n\n${text}` : ''
                  }`,
                }),
              );
        const current = await objects.findRef(`refs/heads/${baseRef}`);
        if (
          current?.sha !== baseSha ||
          !(await history.isAncestor(baseSha, merged))
        ) {
          throw new ApiError(
            409,
            'Base branch was modified. Review and try the merge again.',
          );
        }
        await writer.updateRef({
          ref: `refs/heads/${baseRef}`,
          before: baseSha,
          after: merged,
        });
        return merged;
      },
    );
    const now = new Date().toISOString();
    const result = this.update(repository, pull, {
      state: 'closed',
      headSha,
      baseSha,
      mergeCommitSha: after,
      mergedBy: options.login,
      mergedAt: now,
      closedAt: now,
    });
    await this.#removeHeadBranch(repository, result, options.login);
    return result;
  }

  async #joinTrees(
    repository: Repository,
    { baseSha, headSha }: PullPosition,
    commit: (tree: string) => Promise<string>,
  ): Promise<string> {
    const { history } = this.#repositories.git(repository);
    const tree = await history.mergeTrees(baseSha, headSha);
    if (!tree) {
      throw new ApiError(405, 'Merge conflict');
    }
    return commit(tree);
  }

  async #rebase(
    repository: Repository,
    { baseSha, headSha }: PullPosition,
    person: GitPerson,
  ): Promise<string> {
    const { objects, history, writer } = this.#repositories.git(repository);
    const shas = await history.listShas({
      from: [headSha],
      without: [baseSha],
      limit: 1_000,
    });
    let tip = baseSha;
    for (const commit of await objects.readCommits(shas.reverse())) {
      if (commit.parents.length === 1) {
        const tree = await history.pickTree(tip, commit.parents[0], commit.sha);
        if (!tree) {
          throw new ApiError(405, 'Rebase conflict');
        }
        tip = await writer.writeCommit({
          tree,
          parents: [tip],
          author: commit.author,
          committer: person,
          message: commit.message,
        });
      }
    }
    return tip;
  }

  async #removeHeadBranch(
    repository: Repository,
    { body }: Pull,
    login: string,
  ): Promise<void> {
    const ref = `refs/heads/${body.headRef}`;
    const { objects } = this.#repositories.git(repository);
    const found =
      repository.settings.deleteBranchOnMerge &&
      body.headRepositoryId === repository.id &&
      body.headRef !== repository.defaultBranch &&
      (await objects.findRef(ref));
    if (found) {
      await this.#repositories.moveRef({
        repository,
        login,
        ref,
        before: found.sha,
        after: zeroSha,
      });
    }
  }

  #findHead(
    repository: Repository,
    owner: string,
    branch: string,
  ): Repository | undefined {
    if (owner.toLowerCase() === repository.owner.login.toLowerCase()) {
      return branch === '' ? undefined : repository;
    }
    return this.#store.repositories
      .list({ parentId: repository.id, includePrivate: true })
      .find(fork => fork.owner.login === owner);
  }
}
