/** `owner/repo` in two parts. */
export interface RepositoryName {
  owner: string;
  repo: string;
}

/** A repository as we use it. */
export interface Repository extends RepositoryName {
  id: string;
  htmlUrl: string;
  cloneUrl: string;
  description: string;
  topics: string[];
  defaultBranch: string;
  archived: boolean;
}

/** A branch, and the commit at its tip. */
export interface RepositoryBranch {
  name: string;
  sha: string;
}

/**
 * Port to the host of git repositories, as far as it has an API.
 *
 * Throws `ServiceUnavailableError` when it cannot answer, `NotFoundError`,
 * `ConflictError` and `InputError` for what the request brought about.
 */
export interface RepositorySource {
  findRepository(name: RepositoryName): Promise<Repository | undefined>;
  /** Throws `ConflictError` when the name is taken. */
  createRepository(
    request: RepositoryName & { description: string },
  ): Promise<Repository>;
  setTopics(request: RepositoryName & { topics: string[] }): Promise<void>;
  setDescription(
    request: RepositoryName & { description: string },
  ): Promise<void>;
  archiveRepository(name: RepositoryName): Promise<void>;
  deleteRepository(name: RepositoryName): Promise<void>;
  /** Commit at the tip of a branch; undefined when there is no such branch. */
  findBranchHead(
    request: RepositoryName & { branch: string },
  ): Promise<string | undefined>;
  /** Tips of branches, enough of them to tell whether there are others. */
  listBranches(name: RepositoryName): Promise<RepositoryBranch[]>;
  findFile(
    request: RepositoryName & { ref: string; path: string },
  ): Promise<string | undefined>;
  /** Scopes of a classic token; undefined for other kinds, which do not tell. */
  getTokenScopes(): Promise<string[] | undefined>;
  /** Token for git over HTTP. */
  getGitToken(name: RepositoryName): Promise<string | undefined>;
}

/**
 * Reads `owner/repo` out of a name or a URL of a repository.
 */
export function parseRepositoryName(text: string): RepositoryName | undefined {
  const path = /^https?:\/\//.test(text)
    ? URL.parse(text)?.pathname.slice(1)
    : text;
  const match = path?.match(
    /^([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100}?)(?:\.git)?\/?$/,
  );
  if (!match || /^\.{1,2}$/.test(match[2])) return undefined;
  return { owner: match[1], repo: match[2] };
}
