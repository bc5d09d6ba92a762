import type {
  EntityDelivery,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';

export type DeliveryFileProblem = EntityDelivery['fileProblems'][number];

/** What the last good version of a file says, by environment. */
export type DeliveryPlans = Record<string, RolloutPlan>;

/** What is held of an entity's `forkyard.yaml`. */
export interface DeliveryFile {
  entityRef: string;
  /** Where it was read last. */
  url?: string;
  etag?: string;
  /** Whether it was ever read, or found missing. */
  known: boolean;
  /** Absent while no version was good, and once the file is gone. */
  plans?: DeliveryPlans;
  /** Those beside production and previews, in the order of the file. */
  environments: string[];
  problems: DeliveryFileProblem[];
  /** Why it could not be read the last time. */
  error?: string;
  /** Whether it is to be read. */
  isDue: boolean;
  /** When the last read began that told what it says. */
  readAt?: Date;
}

/** A read that is under way. */
export interface BegunRead {
  /** Its number, higher than that of those that began before. */
  read: string;
  begunAt: Date;
}

/** How reading a file ended. */
export type DeliveryFileOutcome =
  | { outcome: 'unchanged' }
  | { outcome: 'read'; url: string; etag?: string; plans: DeliveryPlans }
  | {
      outcome: 'faulty';
      url: string;
      etag?: string;
      problems: DeliveryFileProblem[];
    }
  | { outcome: 'absent' }
  | { outcome: 'failed'; error: string; retryInSeconds: number };

/** Holds what the files of entities say, and when each is due to be read. */
export interface DeliveryFileStore {
  /** Follows the files of exactly those entities whose deployments are followed. */
  followTracked(): Promise<void>;
  /** Lists whose file is to be read, longest due first. */
  listDue(limit: number): Promise<string[]>;
  /** Has the file read at the next occasion. */
  requestRead(entityRef: string): Promise<void>;
  find(entityRef: string): Promise<DeliveryFile | undefined>;
  /**
   * Numbers a read that begins, and has the next one wait for it; the file is
   * followed when it was not.
   */
  begin(request: {
    entityRef: string;
    nextInSeconds: number;
  }): Promise<DeliveryFile & BegunRead>;
  /**
   * Holds the result of a read, unless that of one that began later is held.
   * Only `read` and `absent` change the plans.
   */
  save(
    request: { entityRef: string } & BegunRead,
    result: DeliveryFileOutcome,
  ): Promise<void>;
  /** The environments that the entity's provider told of. */
  listEnvironments(entityRef: string): Promise<string[]>;
}
