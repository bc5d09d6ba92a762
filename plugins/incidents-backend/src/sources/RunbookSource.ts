import type { RunbookFile } from '../database/RunbookFoldersStore';

/** What was found in a folder. */
export interface ReadFolder {
  /** Version of the folder, to ask with the next time. */
  etag: string;
  files: RunbookFile[];
  /** What was not read, as sentences. */
  leftOut: string[];
}

/** Port to the repositories in which runbooks are kept. */
export interface RunbookSource {
  /**
   * Reads the Markdown files of a folder, or gives undefined when it is still
   * at `etag`. Throws `ServiceUnavailableError` when it cannot be read.
   */
  readFolder(request: {
    /** URL of the folder. */
    location: string;
    /** Its path in the repository. */
    folder: string;
    etag?: string;
  }): Promise<ReadFolder | undefined>;
}
