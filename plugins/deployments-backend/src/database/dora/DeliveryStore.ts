import type {
  ClassifiedChange,
  DailyDeploys,
  DeliveryChange,
  DeliveryFacts,
  DoraMetricName,
  TrafficSpan,
} from '@forkyard/plugin-deployments-common';

/** What had production's traffic at an entity, oldest first. */
export interface TrafficHistory {
  entityRef: string;
  spans: TrafficSpan[];
}

/** Which rollouts of an entity were, or are to be, looked at. */
export interface RolloutsKey {
  entityRef: string;
  /** Differs when they do; empty for none. */
  key: string;
}

/** What is known of a number of entities together. */
export interface KnownHistory {
  now: Date;
  /** How many of them have a history. */
  entities: number;
  knownSince?: Date;
  asOf?: Date;
}

/** Where a page ended. */
export interface DeliveryPosition {
  at: string;
  id: string;
}

/**
 * Keeps the deployments to production with what became of them. They are
 * derived, and derived again from the whole history of an entity whenever that
 * has grown, because a later event may make an earlier deployment a failure.
 */
export interface DeliveryStore {
  /** Of the given entities, those whose history has grown since. */
  listGrown(keys: RolloutsKey[]): Promise<string[]>;
  /** Of all entities, some whose traffic has moved since. */
  listMoved(limit: number): Promise<string[]>;
  /**
   * Derives the changes of the entities anew. Only one such call happens at a
   * time, so that none undoes a later one.
   */
  replaceChanges(
    keys: RolloutsKey[],
    classify: (history: TrafficHistory) => ClassifiedChange[],
  ): Promise<void>;
  /** Of the given entities, those that have a production environment. */
  listDelivering(entityRefs: string[]): Promise<string[]>;
  getKnownHistory(entityRefs: string[]): Promise<KnownHistory>;
  /** Gives one more than `limit` when there are more. */
  listFacts(options: {
    entityRefs: string[];
    from: Date;
    limit: number;
  }): Promise<DeliveryFacts[]>;
  /**
   * Counts deployments of the newest days in UTC, oldest first; days without one
   * are left out.
   */
  countByDay(request: {
    entityRef: string;
    days: number;
  }): Promise<DailyDeploys[]>;
  /** Newest first. */
  listChanges(options: {
    entityRefs: string[];
    from: Date;
    metric?: DoraMetricName;
    after?: DeliveryPosition;
    limit: number;
  }): Promise<DeliveryChange[]>;
}
