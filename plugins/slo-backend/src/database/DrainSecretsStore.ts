import type { DrainKind } from '../ingest/DrainBatch';

/** A secret that we made for the drain that delivers to an URL of ours. */
export interface DrainSecret {
  kind: DrainKind;
  endpoint: string;
  secret: string;
}

/** Holds the secrets with which drains sign what they send. */
export interface DrainSecretsStore {
  /** Leaves out what was sealed with another key. */
  list(): Promise<DrainSecret[]>;
  upsert(secret: DrainSecret): Promise<void>;
  /**
   * Runs alone among all replicas. `work` should be short, because a database
   * connection is held meanwhile.
   */
  runAlone(work: () => Promise<void>): Promise<void>;
}
