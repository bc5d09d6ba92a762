/** A Markdown file as it was read. */
export interface RunbookFile {
  /** Path in the repository. */
  path: string;
  markdown: string;
}

/** What is held of the runbooks folder of an entity. */
export interface RunbookFolder {
  entityRef: string;
  /** URL of the folder. */
  location: string;
  /** Its path in the repository. */
  folder: string;
  /** The source's version; absent before the first success. */
  etag?: string;
  files: RunbookFile[];
  /** What was not read, as sentences. */
  leftOut: string[];
  readAt?: Date;
  triedAt: Date;
  lastError?: string;
}

/** Keeps what was read, so that runbooks are there when the source is not. */
export interface RunbookFoldersStore {
  now(): Promise<Date>;
  find(entityRef: string): Promise<RunbookFolder | undefined>;
  put(folder: RunbookFolder): Promise<void>;
}
