import { GitCommit, parseCommit } from './commitObject';
import { runGit } from './GitRunner';
import { isRefName, isSha, isShortSha } from './names';

export type GitObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** Is an object with its content. */
export interface GitObject {
  sha: string;
  type: GitObjectType;
  content: Buffer;
}

/** Is one entry of a tree. */
export interface TreeEntry {
  mode: string;
  type: 'blob' | 'tree' | 'commit';
  sha: string;
  /** Bytes; undefined for what is not a blob. */
  size?: number;
  path: string;
}

/** Is a ref and what it points at. */
export interface GitRef {
  ref: string;
  sha: string;
  type: GitObjectType;
}

function parseBatch(output: Buffer): (GitObject | undefined)[] {
  const objects: (GitObject | undefined)[] = [];
  let offset = 0;
  while (offset < output.length) {
    const end = output.indexOf(10, offset);
    const [sha, type, size] = output
      .subarray(offset, end)
      .toString('utf8')
      .split(' ');
    if (size === undefined || !/^\d+$/.test(size)) {
      objects.push(undefined);
      offset = end + 1;
    } else {
      const start = end + 1;
      const content = output.subarray(start, start + Number(size));
      objects.push({ sha, type: type as GitObjectType, content });
      offset = start + Number(size) + 1;
    }
  }
  return objects;
}

/** Reads what one bare repository holds; never writes. */
export class GitObjects {
  readonly gitDir: string;

  constructor(gitDir: string) {
    this.gitDir = gitDir;
  }

  /** Reads objects by full sha, in the given order. */
  async readMany(shas: string[]): Promise<(GitObject | undefined)[]> {
    if (shas.length === 0) {
      return [];
    }
    const { stdout } = await runGit({
      gitDir: this.gitDir,
      args: ['cat-file', '--batch'],
      input: `${shas.map(sha => (isSha(sha) ? sha : '-')).join('\n')}\n`,
    });
    return parseBatch(stdout);
  }

  async find(sha: string, type: GitObjectType): Promise<GitObject | undefined> {
    const [object] = await this.readMany([sha]);
    return object?.type === type ? object : undefined;
  }

  /** Resolves a branch, tag or sha, in GitHub's order, to a commit. */
  async findCommitSha(ref: string): Promise<string | undefined> {
    if (!isRefName(ref)) {
      return undefined;
    }
    const names = ref.startsWith('refs/')
      ? [ref]
      : [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/${ref}`];
    if (ref === 'HEAD') {
      names.unshift('HEAD');
    }
    if (isShortSha(ref)) {
      names.push(ref);
    }
    const { text } = await runGit({
      gitDir: this.gitDir,
      args: ['cat-file', '--batch-check=%(objectname) %(objecttype)'],
      input: `${names.map(name => `${name}^{commit}`).join('\n')}\n`,
    });
    return text
      .split('\n')
      .map(line => line.split(' '))
      .find(([sha, type]) => isSha(sha) && type === 'commit')?.[0];
  }

  async readCommits(shas: string[]): Promise<GitCommit[]> {
    const objects = await this.readMany(shas);
    return objects.flatMap(object =>
      object?.type === 'commit'
        ? [parseCommit(object.sha, object.content)]
        : [],
    );
  }

  /** Lists a tree (given by the sha of a tree or commit); `recursive` goes into sub-folders. */
  async listTree(options: {
    sha: string;
    recursive?: boolean;
  }): Promise<TreeEntry[]> {
    const { stdout } = await runGit({
      gitDir: this.gitDir,
      args: [
        'ls-tree',
        '-z',
        '-l',
        '--full-tree',
        ...(options.recursive ? ['-r', '-t'] : []),
        '--end-of-options',
        options.sha,
      ],
    });
    return stdout
      .toString('utf8')
      .split('\0')
      .filter(Boolean)
      .map(line => {
        const tab = line.indexOf('\t');
        const [mode, type, sha, size] = line.slice(0, tab).split(/ +/);
        return {
          mode,
          type: type as TreeEntry['type'],
          sha,
          size: size === '-' ? undefined : Number(size),
          path: line.slice(tab + 1),
        };
      });
  }

  /** Finds what a path names in a commit's tree; the empty path is the root. */
  async findEntry(options: {
    commit: string;
    path: string;
  }): Promise<Pick<TreeEntry, 'mode' | 'type' | 'sha' | 'size'> | undefined> {
    const { commit, path } = options;
    if (path === '') {
      const { text } = await runGit({
        gitDir: this.gitDir,
        args: ['rev-parse', '--verify', '--end-of-options', `${commit}^{tree}`],
      });
      return { mode: '040000', type: 'tree', sha: text.trim() };
    }
    const { stdout } = await runGit({
      gitDir: this.gitDir,
      args: ['ls-tree', '-z', '-l', '--full-tree', commit, '--', path],
      environment: { GIT_LITERAL_PATHSPECS: '1' },
    });
    const [line] = stdout.toString('utf8').split('\0');
    if (!line) {
      return undefined;
    }
    const [mode, type, sha, size] = line
      .slice(0, line.indexOf('\t'))
      .split(/ +/);
    return {
      mode,
      type: type as TreeEntry['type'],
      sha,
      size: size === '-' ? undefined : Number(size),
    };
  }

  async listRefs(prefix = 'refs/'): Promise<GitRef[]> {
    const { text } = await runGit({
      gitDir: this.gitDir,
      args: [
        'for-each-ref',
        '--format=%(objectname) %(objecttype) %(refname)',
        prefix,
      ],
    });
    return text
      .split('\n')
      .filter(Boolean)
      .map(line => {
        const [sha, type, ...ref] = line.split(' ');
        return { sha, type: type as GitObjectType, ref: ref.join(' ') };
      });
  }

  async findRef(ref: string): Promise<GitRef | undefined> {
    if (!isRefName(ref)) {
      return undefined;
    }
    const refs = await this.listRefs(ref);
    return refs.find(candidate => candidate.ref === ref);
  }
}
