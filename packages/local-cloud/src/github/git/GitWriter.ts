import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { formatCommit, GitCommit } from './commitObject';
import { runGit } from './GitRunner';
import { isSha, zeroSha } from './names';

/** Puts a blob or tree at a path; without a sha the path is removed. */
export interface TreeChange {
  path: string;
  mode: '100644' | '100755' | '120000' | '040000' | '160000';
  sha?: string;
}

/** Writes objects and refs of one bare repository. Callers hold the repository's lock for refs. */
export class GitWriter {
  readonly #gitDir: string;
  readonly #scratchDir: string;

  constructor(options: { gitDir: string; scratchDir: string }) {
    this.#gitDir = options.gitDir;
    this.#scratchDir = options.scratchDir;
  }

  async writeBlob(content: Buffer): Promise<string> {
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: ['hash-object', '-w', '--stdin'],
      input: content,
    });
    return text.trim();
  }

  async writeCommit(commit: Omit<GitCommit, 'sha'>): Promise<string> {
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: ['hash-object', '-t', 'commit', '-w', '--stdin'],
      input: formatCommit(commit),
    });
    return text.trim();
  }

  /** Writes a tree: `base` with the changes applied. Fails when a named object is missing. */
  async writeTree(options: {
    base?: string;
    changes: TreeChange[];
  }): Promise<string> {
    return this.withIndex(async environment => {
      const run = (args: string[], input?: string) =>
        runGit({ gitDir: this.#gitDir, args, input, environment });
      if (options.base) {
        await run(['read-tree', '--end-of-options', options.base]);
      }
      const lines: string[] = [];
      for (const change of options.changes) {
        if (change.mode === '040000' || !change.sha) {
          lines.push(...(await this.#removals(change.path, environment)));
        }
        if (change.sha) {
          lines.push(...(await this.#additions(change, change.sha)));
        }
      }
      if (lines.length > 0) {
        await run(
          ['update-index', '-z', '--index-info'],
          lines.map(line => `${line}\0`).join(''),
        );
      }
      return (await run(['write-tree'])).text.trim();
    });
  }

  /** Lists what a change puts into an index; a tree is put in entry by entry, since a bare index takes it no other way. */
  async #additions(change: TreeChange, sha: string): Promise<string[]> {
    if (change.mode !== '040000') {
      return [`${change.mode} ${sha}\t${change.path}`];
    }
    const { stdout } = await runGit({
      gitDir: this.#gitDir,
      args: ['ls-tree', '-r', '-z', '--full-tree', '--end-of-options', sha],
    });
    return stdout
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map(line => {
        const [mode, , blob] = line.split(/[ \t]/, 3);
        const name = line.slice(line.indexOf('\t') + 1);
        return `${mode} ${blob}\t${change.path}/${name}`;
      });
  }

  async #removals(
    target: string,
    environment: Record<string, string>,
  ): Promise<string[]> {
    const { stdout } = await runGit({
      gitDir: this.#gitDir,
      args: ['ls-files', '-z', '--cached', '--', target],
      environment: { ...environment, GIT_LITERAL_PATHSPECS: '1' },
    });
    return stdout
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map(file => `0 ${zeroSha}\t${file}`);
  }

  /** Gives the body a temporary index, as environment for git. */
  async withIndex<Result>(
    body: (environment: Record<string, string>) => Promise<Result>,
  ): Promise<Result> {
    const file = path.join(this.#scratchDir, `index-${randomUUID()}`);
    try {
      return await body({ GIT_INDEX_FILE: file });
    } finally {
      await rm(file, { force: true });
      await rm(`${file}.lock`, { force: true });
    }
  }

  /** Moves a ref from the expected sha; forty zeros mean absent, on either side. */
  async updateRef(options: {
    ref: string;
    before: string;
    after: string;
  }): Promise<void> {
    const { ref, before, after } = options;
    if (!isSha(before) || !isSha(after)) {
      throw new Error(`Ref '${ref}' cannot be moved to '${after}'`);
    }
    const command =
      after === zeroSha
        ? `delete ${ref}\0${before}\0`
        : `update ${ref}\0${after}\0${before}\0`;
    await runGit({
      gitDir: this.#gitDir,
      args: ['update-ref', '-z', '--stdin'],
      input: command,
    });
  }

  async setHead(ref: string): Promise<void> {
    await runGit({
      gitDir: this.#gitDir,
      args: ['symbolic-ref', 'HEAD', ref],
    });
  }

  /** Tells whether git itself accepts the full name of a ref. */
  async isWritableRef(ref: string): Promise<boolean> {
    const { code } = await runGit({
      args: ['check-ref-format', ref],
      accept: [0, 1],
    });
    return code === 0 && ref.startsWith('refs/');
  }

  /** Copies branches and tags with their objects from another repository. */
  async fetchFrom(sourceGitDir: string, refspecs: string[]): Promise<void> {
    await runGit({
      gitDir: this.#gitDir,
      args: [
        'fetch',
        '--quiet',
        '--no-tags',
        '--no-write-fetch-head',
        '--end-of-options',
        sourceGitDir,
        ...refspecs,
      ],
    });
  }
}
