import type {
  FindingReport,
  FindingSource,
} from '@forkyard/plugin-security-findings-common';

/** What to look at. */
export interface ScanTarget {
  entityRef: string;
  repository: RepositoryName;
  /**
   * What was looked at last. A source that finds the same again may say so
   * instead of looking; absent when it must look.
   */
  heldVersion?: string;
}

/** owner/name of a repository. */
export interface RepositoryName {
  owner: string;
  name: string;
}

/** What a look found. */
export type ScanOutcome =
  | {
      kind: 'scanned';
      reports: FindingReport[];
      /** Absent when this was everything; else why it was not. */
      incompleteReason?: string;
      /** Files that were left out. */
      unseenPaths?: ReadonlySet<string>;
      /** What was looked at, or how to find out when it matters. */
      version?: string | (() => Promise<string>);
    }
  | { kind: 'unchanged'; version: string }
  /** There is nothing to look at; not an error. */
  | { kind: 'off'; reason: string };

/**
 * Port to something that finds security problems of an entity.
 *
 * Throws `ServiceUnavailableError` when it cannot tell, which closes nothing.
 */
export interface FindingsSource {
  readonly source: FindingSource;
  /** Whether it looks at the repository that the entity names. */
  readonly needsRepository: boolean;
  scan(
    target: ScanTarget,
    options: { signal?: AbortSignal },
  ): Promise<ScanOutcome>;
}
