import { emptyTreeSha } from './names';
import { runGit } from './GitRunner';

/** Selects commits. */
export interface RevisionQuery {
  /** Full shas from which the walk starts. */
  from: string[];
  /** Full shas whose ancestors are left out. */
  without?: string[];
  path?: string;
  author?: string;
  since?: string;
  until?: string;
  skip?: number;
  limit?: number;
}

export type FileStatus =
  'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed';

/** Is what a change did to one file. */
export interface FileChange {
  path: string;
  previousPath?: string;
  status: FileStatus;
  /** Sha of the blob afterwards; of the one before for a removed file. */
  sha: string;
  additions: number;
  deletions: number;
  /** Undefined for binary files and very large changes. */
  patch?: string;
}

const statuses: Record<string, FileStatus> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  C: 'copied',
  T: 'changed',
};

const patchLimit = 100_000;

function parseRawAndNumbers(output: string): FileChange[] {
  const parts = output.split('\0');
  const changes: FileChange[] = [];
  let index = 0;
  while (index < parts.length && parts[index].startsWith(':')) {
    const [, , before, after, letter] = parts[index].split(' ');
    const status = statuses[letter[0]] ?? 'modified';
    const moved = letter[0] === 'R' || letter[0] === 'C';
    changes.push({
      status,
      sha: status === 'removed' ? before : after,
      previousPath: moved ? parts[index + 1] : undefined,
      path: moved ? parts[index + 2] : parts[index + 1],
      additions: 0,
      deletions: 0,
    });
    index += moved ? 3 : 2;
  }
  for (const change of changes) {
    const [added, deleted, path] = (parts[index] ?? '').split('\t');
    change.additions = Number(added) || 0;
    change.deletions = Number(deleted) || 0;
    index += path === '' ? 3 : 1;
  }
  return changes;
}

function splitPatches(text: string): (string | undefined)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter(part => part.startsWith('diff --git '))
    .map(part => {
      const start = part.search(/^@@ /m);
      return start < 0 ? undefined : part.slice(start).replace(/\n$/, '');
    });
}

const pickIdentity = {
  GIT_AUTHOR_NAME: 'pick',
  GIT_AUTHOR_EMAIL: 'pick',
  GIT_AUTHOR_DATE: '@0 +0000',
  GIT_COMMITTER_NAME: 'pick',
  GIT_COMMITTER_EMAIL: 'pick',
  GIT_COMMITTER_DATE: '@0 +0000',
};

async function findTree(gitDir: string, commit: string): Promise<string> {
  const { text } = await runGit({
    gitDir,
    args: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`],
  });
  return text.trim();
}

/** Answers questions about the commits of one bare repository. */
export class GitHistory {
  readonly #gitDir: string;

  constructor(gitDir: string) {
    this.#gitDir = gitDir;
  }

  #selection(query: RevisionQuery): string[] {
    return [
      ...(query.author ? [`--author=${query.author}`, '-F', '-i'] : []),
      ...(query.since ? [`--since=${query.since}`] : []),
      ...(query.until ? [`--until=${query.until}`] : []),
      '--end-of-options',
      ...query.from,
      ...(query.without ?? []).map(sha => `^${sha}`),
      '--',
      ...(query.path ? [query.path] : []),
    ];
  }

  /** Lists shas, newest first. */
  async listShas(query: RevisionQuery): Promise<string[]> {
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: [
        'rev-list',
        `--max-count=${query.limit ?? 100}`,
        `--skip=${query.skip ?? 0}`,
        ...this.#selection(query),
      ],
      environment: { GIT_LITERAL_PATHSPECS: '1' },
    });
    return text.split('\n').filter(Boolean);
  }

  async count(query: RevisionQuery): Promise<number> {
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: ['rev-list', '--count', ...this.#selection(query)],
      environment: { GIT_LITERAL_PATHSPECS: '1' },
    });
    return Number(text);
  }

  async findMergeBase(
    left: string,
    right: string,
  ): Promise<string | undefined> {
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: ['merge-base', '--end-of-options', left, right],
      accept: [0, 1],
    });
    return text.trim() || undefined;
  }

  async isAncestor(ancestor: string, descendant: string): Promise<boolean> {
    const { code } = await runGit({
      gitDir: this.#gitDir,
      args: ['merge-base', '--is-ancestor', ancestor, descendant],
      accept: [0, 1],
    });
    return code === 0;
  }

  /** Lists what changed between two trees or commits; without `before`, everything was added. */
  async listChanges(options: {
    before?: string;
    after: string;
    patches?: boolean;
  }): Promise<FileChange[]> {
    const range = [options.before ?? emptyTreeSha, options.after];
    const base = ['diff', '--no-ext-diff', '--no-textconv', '-M'];
    const { text } = await runGit({
      gitDir: this.#gitDir,
      args: [
        ...base,
        '--raw',
        '--no-abbrev',
        '--numstat',
        '-z',
        ...range,
        '--',
      ],
    });
    const changes = parseRawAndNumbers(text);
    if (!options.patches || changes.length === 0 || changes.length > 3_000) {
      return changes;
    }
    const { text: patchText } = await runGit({
      gitDir: this.#gitDir,
      args: [...base, '-p', ...range, '--'],
    });
    const patches = splitPatches(patchText);
    return changes.map((change, index) => {
      const patch = patches[index];
      return patch !== undefined && patch.length <= patchLimit
        ? { ...change, patch }
        : change;
    });
  }

  /** Merges two commits without touching any ref; undefined when they conflict. */
  async mergeTrees(ours: string, theirs: string): Promise<string | undefined> {
    const { code, text } = await runGit({
      gitDir: this.#gitDir,
      args: [
        'merge-tree',
        '--write-tree',
        '--no-messages',
        '--allow-unrelated-histories',
        ours,
        theirs,
      ],
      accept: [0, 1],
    });
    return code === 0 ? text.split('\n')[0] : undefined;
  }

  /** Applies what `commit` did to `parent` onto another commit; undefined when that conflicts. */
  async pickTree(
    onto: string,
    parent: string,
    commit: string,
  ): Promise<string | undefined> {
    const base = await findTree(this.#gitDir, parent);
    // merge-tree takes its base from the history, so the change is given one of its own.
    const write = async (tree: string, parents: string[]) => {
      const { text } = await runGit({
        gitDir: this.#gitDir,
        args: [
          'commit-tree',
          ...parents.flatMap(sha => ['-p', sha]),
          '-m',
          'pick',
          tree,
        ],
        environment: pickIdentity,
      });
      return text.trim();
    };
    const root = await write(base, []);
    const ours = await write(await findTree(this.#gitDir, onto), [root]);
    const theirs = await write(await findTree(this.#gitDir, commit), [root]);
    return this.mergeTrees(ours, theirs);
  }
}
