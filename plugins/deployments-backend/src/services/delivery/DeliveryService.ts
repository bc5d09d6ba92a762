import type {
  EntityDelivery,
  RolloutPlan,
} from '@forkyard/plugin-deployments-common';

/** How entities are rolled out. */
export interface DeliveryService {
  /**
   * Gives the plan in force. With `fresh` the file is read first, so that a new
   * version is rolled out by the plan that came with it; when it cannot be
   * read, or is faulty, the last good one stays in force. With `since` that is
   * done only when it was not read from then on. Throws
   * `ServiceUnavailableError` when nothing is known yet and the repository
   * cannot be asked: a canary must not go direct because GitHub is down.
   */
  getPlan(
    request: { entityRef: string; environment: string },
    options?: { fresh?: boolean; since?: Date },
  ): Promise<RolloutPlan>;
  /**
   * Lists the environments in the order of promotion: previews, those that the
   * file names, in its order, others that the provider has, production.
   */
  listEnvironments(request: { entityRef: string }): Promise<string[]>;
  /** Gives what is in force and what is wrong with the file; reads nothing. */
  getDelivery(request: { entityRef: string }): Promise<EntityDelivery>;
  /**
   * Reads the file now. Throws `ServiceUnavailableError` when that fails; a
   * fault in the file is no error.
   */
  refresh(request: { entityRef: string }): Promise<void>;
}

/** What else holds of an environment, from elsewhere. */
export interface DeliveryConditions {
  find(request: {
    entityRef: string;
    environment: string;
  }): Promise<
    Pick<EntityDelivery['environments'][number], 'freeze' | 'override'>
  >;
}
