import type {
  UrlReaderService,
  UrlReaderServiceReadTreeResponseFile,
} from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { GithubIntegration } from '@backstage/integration';
import type { RepositoryName } from './FindingsSource';
import { gitHubUrlOf } from './gitHubUrlOf';
import { repositoryPath } from './repositoryPath';
import { unavailable } from './unavailable';

/** Most files of a repository that are looked at. */
const MAX_FILES = 20_000;
/** Most bytes of a repository that are looked at, all files together. */
const MAX_TOTAL_BYTES = 200 * 1024 * 1024;

/** Files of a repository at one commit. */
export interface RepositoryFiles {
  commit: string;
  files: { path: string; read(): Promise<Buffer> }[];
  /** Files that were wanted and are too large. */
  tooLarge: Set<string>;
  /** Set when the repository is larger than what is looked at. */
  incompleteReason?: string;
}

/**
 * Reads files of the default branch of repositories, in memory and within
 * bounds. Nothing is written to disk, so no path can lead anywhere.
 */
export class RepositoryTree {
  constructor(
    private readonly options: {
      reader: UrlReaderService;
      integration: GithubIntegration;
    },
  ) {}

  /** Gives undefined when the commit is still the one that is held. */
  async read(request: {
    repository: RepositoryName;
    heldCommit?: string;
    wanted: (path: string) => boolean;
    maxFileBytes: number;
    signal?: AbortSignal;
  }): Promise<RepositoryFiles | undefined> {
    const { repository, heldCommit, wanted, maxFileBytes, signal } = request;
    const tooLarge = new Set<string>();
    let count = 0;
    let bytes = 0;
    let isOverBounds = false;
    try {
      const tree = await this.options.reader.readTree(this.#urlOf(repository), {
        etag: heldCommit,
        signal: signal as never,
        filter: (file, info) => {
          const path = repositoryPath(file);
          if (!path || !wanted(path)) return false;
          const size = info?.size ?? 0;
          if (size > maxFileBytes) {
            tooLarge.add(path);
            return false;
          }
          count += 1;
          bytes += size;
          isOverBounds ||= count > MAX_FILES || bytes > MAX_TOTAL_BYTES;
          return !isOverBounds;
        },
      });
      const files = await tree.files();
      return {
        commit: tree.etag,
        files: files.flatMap(toFile),
        tooLarge,
        incompleteReason: isOverBounds
          ? `The repository is larger than what is looked at: ${MAX_FILES} files or ${MAX_TOTAL_BYTES / 1024 / 1024} MB.`
          : undefined,
      };
    } catch (error) {
      assertError(error);
      if (error.name === 'NotModifiedError') return undefined;
      signal?.throwIfAborted();
      throw unavailable(
        `The files of '${repository.owner}/${repository.name}' could not be read from GitHub. Check that it exists, is not empty, and that the credentials in 'integrations.github' may read it.`,
        error,
      );
    }
  }

  #urlOf({ owner, name }: RepositoryName): string {
    return `${gitHubUrlOf(this.options.integration)}/${owner}/${name}`;
  }
}

function toFile(file: UrlReaderServiceReadTreeResponseFile) {
  const path = repositoryPath(file.path);
  if (!path) return [];
  return {
    path,
    read: async () => {
      const content: unknown = await file.content();
      // An empty file comes as an empty list.
      return Buffer.isBuffer(content) ? content : Buffer.alloc(0);
    },
  };
}
