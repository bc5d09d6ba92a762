import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { InputError, ServiceUnavailableError } from '@backstage/errors';
import { DiskFullError, GitCommand } from './GitCommand';

/** Files of the base are parsed, so that large ones could keep us busy. */
const MAX_FILE_BYTES = 256 * 1024;

export interface GitRemote {
  /** For git over HTTP. */
  url: string;
  token: string | undefined;
}

export interface PushForkRequest {
  base: GitRemote & { sha: string };
  target: GitRemote & { branch: string };
  /** Files of the base that the commit rewrites; absent ones are not given. */
  paths: string[];
  rewrite(files: Map<string, string>): Map<string, string>;
  message: string;
  author: { name: string; email: string };
  /** Part of what makes the commit the same at every repeat. */
  date: Date;
  /** Called with the commit before it is pushed. */
  onCommit?(commitSha: string): Promise<void>;
  signal?: AbortSignal;
}

/**
 * Port to git itself: histories and commits.
 */
export interface RepositoryPusher {
  /**
   * Pushes the base's history with one commit on top, and resolves to that
   * commit. Repeating the same request gives the same commit and pushes it at
   * most once.
   */
  pushFork(request: PushForkRequest): Promise<{ commitSha: string }>;
}

/**
 * Pushes forks with system git, from a cached bare clone of the base.
 *
 * No work tree is ever checked out: the commit is written straight into the
 * object database, which makes it quick and keeps repositories' hooks, filters
 * and symbolic links from doing anything here. A base that is known already at
 * the wanted commit is not fetched again.
 */
export class GitRepositoryPusher implements RepositoryPusher {
  readonly #git: GitCommand;
  readonly #cacheDirectory: string;
  readonly #fetches = new Map<string, Promise<void>>();

  constructor(options: { cacheDirectory: string; git?: GitCommand }) {
    this.#git = options.git ?? new GitCommand();
    this.#cacheDirectory = options.cacheDirectory;
  }

  async pushFork(request: PushForkRequest): Promise<{ commitSha: string }> {
    const { base, target, signal } = request;
    const gitDir = await this.#prepareCache(base.url);
    await this.#fetchOnce(gitDir, base, signal);
    const commitSha = await this.#commit(gitDir, request);
    await request.onCommit?.(commitSha);
    if (!(await this.#isPushed(gitDir, target, commitSha, signal))) {
      await this.#git.run(
        [
          'push',
          '--quiet',
          target.url,
          `${commitSha}:refs/heads/${target.branch}`,
        ],
        { gitDir, signal, credentials: target },
      );
    }
    return { commitSha };
  }

  async #prepareCache(url: string): Promise<string> {
    if (!/^https?:\/\//.test(url)) {
      throw new InputError(`'${url}' is no http(s) URL of a git repository`);
    }
    const key = createHash('sha256').update(url).digest('hex').slice(0, 24);
    const gitDir = join(this.#cacheDirectory, `${key}.git`);
    try {
      await mkdir(gitDir, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw describeFileError(gitDir, error);
    }
    // In a shared temporary folder, somebody else may have been here before.
    const { uid } = await stat(this.#cacheDirectory);
    if (process.getuid && uid !== userInfo().uid) {
      throw new ServiceUnavailableError(
        `The git cache '${this.#cacheDirectory}' belongs to another user. Set 'forks.cacheDirectory' to a folder of the portal's own`,
      );
    }
    await this.#git.run(['init', '--bare', '--quiet', gitDir], { gitDir });
    return gitDir;
  }

  /** Fetches of one base take turns; those that waited find it fetched. */
  async #fetchOnce(
    gitDir: string,
    base: PushForkRequest['base'],
    signal?: AbortSignal,
  ): Promise<void> {
    const previous = this.#fetches.get(gitDir);
    const fetching = (previous ?? Promise.resolve())
      .catch(() => {})
      .then(() => this.#fetch(gitDir, base, signal));
    this.#fetches.set(gitDir, fetching);
    try {
      await fetching;
    } finally {
      if (this.#fetches.get(gitDir) === fetching) this.#fetches.delete(gitDir);
    }
  }

  async #fetch(
    gitDir: string,
    base: PushForkRequest['base'],
    signal?: AbortSignal,
  ): Promise<void> {
    if (await this.#hasCommit(gitDir, base.sha)) return;
    await this.#git.run(
      ['fetch', '--quiet', '--no-tags', base.url, '+refs/heads/*:refs/base/*'],
      { gitDir, signal, credentials: base },
    );
    if (!(await this.#hasCommit(gitDir, base.sha))) {
      throw new InputError(
        `Commit ${base.sha} is no longer on any branch of ${base.url}. Start again from the base as it is now`,
      );
    }
  }

  async #hasCommit(gitDir: string, sha: string): Promise<boolean> {
    const type = await this.#git
      .run(['cat-file', '-t', sha], { gitDir })
      .catch(error => {
        if (error instanceof DiskFullError) throw error;
        return '';
      });
    return type === 'commit';
  }

  /** Writes the commit through an index of its own. */
  async #commit(gitDir: string, request: PushForkRequest): Promise<string> {
    const { base, author, message, signal } = request;
    const scratch = await mkdtemp(join(gitDir, 'index-')).catch(error => {
      throw describeFileError(gitDir, error);
    });
    try {
      const indexed = { GIT_INDEX_FILE: join(scratch, 'index') };
      const run = (arguments_: string[], more: object = {}) =>
        this.#git.run(arguments_, {
          gitDir,
          signal,
          environment: indexed,
          ...more,
        });
      await run(['read-tree', base.sha]);
      for (const [path, content] of await this.#rewrite(gitDir, request)) {
        const blob = await run(['hash-object', '-w', '--stdin'], {
          input: content,
        });
        await run([
          'update-index',
          '--add',
          '--cacheinfo',
          `100644,${blob},${path}`,
        ]);
      }
      const tree = await run(['write-tree']);
      const date = `${Math.floor(request.date.getTime() / 1000)} +0000`;
      return await run(['commit-tree', tree, '-p', base.sha, '-m', message], {
        environment: {
          GIT_AUTHOR_NAME: author.name,
          GIT_AUTHOR_EMAIL: author.email,
          GIT_AUTHOR_DATE: date,
          GIT_COMMITTER_NAME: author.name,
          GIT_COMMITTER_EMAIL: author.email,
          GIT_COMMITTER_DATE: date,
        },
      });
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  async #rewrite(
    gitDir: string,
    { base, paths, rewrite }: PushForkRequest,
  ): Promise<Map<string, string>> {
    const files = new Map<string, string>();
    for (const path of paths) {
      const listed = await this.#git.run(
        ['ls-tree', '--name-only', base.sha, '--', path],
        { gitDir },
      );
      if (!listed) continue;
      const size = await this.#git.run(
        ['cat-file', '-s', `${base.sha}:${path}`],
        { gitDir },
      );
      if (Number(size) > MAX_FILE_BYTES) {
        throw new InputError(
          `'${path}' of ${base.url} has ${size} bytes, and at most ${MAX_FILE_BYTES} are read. Make it smaller in the base`,
        );
      }
      files.set(
        path,
        await this.#git.run(['cat-file', 'blob', `${base.sha}:${path}`], {
          gitDir,
        }),
      );
    }
    return rewrite(files);
  }

  /** True too when somebody has pushed more on top meanwhile. */
  async #isPushed(
    gitDir: string,
    target: PushForkRequest['target'],
    commitSha: string,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const listed = await this.#git.run(
      ['ls-remote', target.url, `refs/heads/${target.branch}`],
      { gitDir, signal, credentials: target },
    );
    const head = listed.split(/\s/)[0];
    if (!head) return false;
    if (head === commitSha) return true;
    await this.#git.run(['fetch', '--quiet', '--no-tags', target.url, head], {
      gitDir,
      signal,
      credentials: target,
    });
    const [count] = [
      await this.#git.run(['rev-list', '--count', `${head}..${commitSha}`], {
        gitDir,
      }),
    ];
    return count === '0';
  }
}

function describeFileError(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC'
    ? new DiskFullError(
        `The disk of the portal is full, '${path}' could not be written: ${message}`,
      )
    : new ServiceUnavailableError(
        `The git cache '${path}' cannot be written: ${message}`,
      );
}
