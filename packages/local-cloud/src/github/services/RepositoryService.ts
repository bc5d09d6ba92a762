import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { ApiError } from '../../http';
import {
  GitHistory,
  GitObjects,
  GitWriter,
  isRepositoryName,
  isSha,
  runGit,
  zeroSha,
} from '../git';
import { GitHubStore, NewRepository, Repository } from '../store';
import { invalidField, notFound, validationFailed } from './errors';
import { GitHubEvents } from './GitHubEvents';
import { KeyedLock } from './KeyedLock';

/** Is what one needs to work on a repository's content. */
export interface RepositoryGit {
  gitDir: string;
  objects: GitObjects;
  history: GitHistory;
  writer: GitWriter;
}

/** Makes, changes and removes repositories; the only place where refs are written by REST. */
export class RepositoryService {
  readonly #store: GitHubStore;
  readonly #events: GitHubEvents;
  readonly #gitRoot: string;
  readonly #scratchDir: string;
  readonly #locks = new KeyedLock();

  constructor(options: {
    store: GitHubStore;
    events: GitHubEvents;
    dataDir: string;
  }) {
    this.#store = options.store;
    this.#events = options.events;
    this.#gitRoot = path.join(options.dataDir, 'git');
    this.#scratchDir = path.join(options.dataDir, 'scratch');
  }

  /** Makes the folders and removes what an interrupted process left. */
  async prepare(): Promise<void> {
    await rm(this.#scratchDir, { recursive: true, force: true });
    await mkdir(this.#scratchDir, { recursive: true, mode: 0o700 });
    await mkdir(this.#gitRoot, { recursive: true, mode: 0o700 });
  }

  get gitRoot(): string {
    return this.#gitRoot;
  }

  gitDir(repository: Repository): string {
    return path.join(
      this.#gitRoot,
      repository.owner.login,
      `${repository.name}.git`,
    );
  }

  git(repository: Repository): RepositoryGit {
    const gitDir = this.gitDir(repository);
    return {
      gitDir,
      objects: new GitObjects(gitDir),
      history: new GitHistory(gitDir),
      writer: new GitWriter({ gitDir, scratchDir: this.#scratchDir }),
    };
  }

  /** Runs the body while nothing else writes to the repository, and announces what it changed. */
  async write<Result>(
    repository: Repository,
    login: string,
    body: () => Promise<Result>,
  ): Promise<Result> {
    return this.#locks.run(repository.id, async () => {
      try {
        return await body();
      } finally {
        await this.#announce(repository.id, login);
      }
    });
  }

  /** Announces what an earlier process wrote and could not announce. */
  async announceMissed(login: string): Promise<void> {
    const all = this.#store.repositories.list({ includePrivate: true });
    await Promise.all(
      all.map(repository => this.write(repository, login, async () => {})),
    );
  }

  /** Moves a ref by the rules of GitHub and announces that. */
  async moveRef(options: {
    repository: Repository;
    login: string;
    ref: string;
    before: string;
    after: string;
    force?: boolean;
  }): Promise<void> {
    const { repository, login, ref, before, after } = options;
    const { history, objects, writer } = this.git(repository);
    if (!(await writer.isWritableRef(ref))) {
      throw validationFailed([], `'${ref}' is not a valid ref name`);
    }
    if (after !== zeroSha) {
      const type = ref.startsWith('refs/heads/') ? 'commit' : undefined;
      const [object] = isSha(after) ? await objects.readMany([after]) : [];
      if (!object || (type && object.type !== type)) {
        throw validationFailed([], 'Object does not exist');
      }
      if (
        !options.force &&
        before !== zeroSha &&
        !(await history.isAncestor(before, after))
      ) {
        throw validationFailed([], 'Update is not a fast forward');
      }
    }
    await this.write(repository, login, async () => {
      const current = (await objects.findRef(ref))?.sha ?? zeroSha;
      if (current !== before) {
        throw new ApiError(
          409,
          `'${ref}' is at ${current} but expected ${before}`,
        );
      }
      await writer.updateRef({ ref, before, after });
    });
  }

  async create(
    options: NewRepository & { login: string },
  ): Promise<Repository> {
    const { owner, name } = options;
    if (!isRepositoryName(name)) {
      throw validationFailed(
        [
          {
            resource: 'Repository',
            field: 'name',
            code: 'custom',
            message:
              'name may only contain letters, digits, -, _ and ., at most 100 of them, and not end in .git',
          },
        ],
        'Repository creation failed.',
      );
    }
    const repository = await this.#locks.run(
      `create:${owner.id}/${name.toLowerCase()}`,
      async () => {
        if (this.#store.repositories.find(owner.login, name)) {
          throw this.#nameTaken('Repository creation failed.');
        }
        const gitDir = path.join(this.#gitRoot, owner.login, `${name}.git`);
        const fresh = path.join(this.#scratchDir, randomUUID());
        await runGit({
          args: [
            'init',
            '--quiet',
            '--bare',
            '--template=',
            `--initial-branch=${options.defaultBranch}`,
            '--',
            fresh,
          ],
        });
        await mkdir(path.dirname(gitDir), { recursive: true });
        // A folder without a row is what an interrupted creation or removal left.
        await rm(gitDir, { recursive: true, force: true });
        await rename(fresh, gitDir);
        return this.#store.repositories.insert(options);
      },
    );
    this.#events.emit({
      event: 'repository',
      repository,
      login: options.login,
      body: { action: 'created' },
    });
    return repository;
  }

  /** Writes settings; a new name moves the folder too. */
  async update(
    before: Repository,
    after: Repository,
    login: string,
  ): Promise<Repository> {
    if (!isRepositoryName(after.name)) {
      throw invalidField('Repository', 'name', 'name is not valid');
    }
    if (before.defaultBranch !== after.defaultBranch) {
      const ref = `refs/heads/${after.defaultBranch}`;
      const { objects, writer } = this.git(before);
      const refs = await objects.listRefs('refs/heads/');
      if (refs.length > 0 && !refs.some(known => known.ref === ref)) {
        throw invalidField(
          'Repository',
          'default_branch',
          `The branch ${after.defaultBranch} was not found. Please push that ref first or create it.`,
        );
      }
      await writer.setHead(ref);
    }
    const renamed = before.name !== after.name;
    const repository = await this.#locks.run(before.id, async () => {
      if (renamed) {
        const taken = this.#store.repositories.find(
          before.owner.login,
          after.name,
        );
        if (taken && taken.id !== before.id) {
          throw this.#nameTaken();
        }
        await rename(this.gitDir(before), this.gitDir(after));
      }
      return this.#store.repositories.update(after);
    });
    this.#events.emit({
      event: 'repository',
      repository,
      login,
      body: renamed
        ? {
            action: 'renamed',
            changes: { repository: { name: { from: before.name } } },
          }
        : { action: 'edited', changes: {} },
    });
    return repository;
  }

  async delete(repository: Repository, login: string): Promise<void> {
    await this.#locks.run(repository.id, async () => {
      this.#events.emit({
        event: 'repository',
        repository,
        login,
        body: { action: 'deleted' },
      });
      this.#store.deleteRepository(repository);
      const gitDir = this.gitDir(repository);
      if (existsSync(gitDir)) {
        const gone = path.join(this.#scratchDir, randomUUID());
        await rename(gitDir, gone);
        await rm(gone, { recursive: true, force: true });
      }
    });
  }

  /** Copies branches into a repository that is still empty. */
  async copyContent(options: {
    from: Repository;
    to: Repository;
    login: string;
    branches: 'all' | 'default';
  }): Promise<void> {
    const { from, to, login, branches } = options;
    const one = `refs/heads/${from.defaultBranch}`;
    const refspecs =
      branches === 'all'
        ? ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
        : [`+${one}:${one}`];
    const { objects } = this.git(from);
    if ((await objects.listRefs('refs/heads/')).length > 0) {
      await this.write(to, login, () =>
        this.git(to).writer.fetchFrom(this.gitDir(from), refspecs),
      );
    }
  }

  async #announce(repositoryId: number, login: string): Promise<void> {
    const repository = this.#store.repositories.findById(repositoryId);
    if (!repository) {
      return;
    }
    await this.#events.announceRefs({
      repository,
      login,
      git: this.git(repository),
    });
  }

  #nameTaken(message?: string): ApiError {
    return validationFailed(
      [
        {
          resource: 'Repository',
          field: 'name',
          code: 'custom',
          message: 'name already exists on this account',
        },
      ],
      message,
    );
  }
}

/** Finds a repository that the caller may read. */
export function getRepository(
  store: GitHubStore,
  options: { owner: string; repo: string; anonymous: boolean },
): Repository {
  const repository = store.repositories.find(options.owner, options.repo);
  if (!repository || (repository.private && options.anonymous)) {
    throw notFound();
  }
  return repository;
}
