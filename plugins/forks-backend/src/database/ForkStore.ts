import type { PermissionCriteria } from '@backstage/plugin-permission-common';
import type {
  Fork,
  ForkDailyDeploys,
  ForkLiveVersion,
  ForksSummary,
  ListForksRequest,
  Page,
  Status,
} from '@forkyard/plugin-forks-common';
import type { ForkFilter } from '@forkyard/plugin-forks-node';

/** Conditions of a permission decision, applied to what a list gives. */
export type ForkCriteria = PermissionCriteria<ForkFilter>;

/** What deployments tell of a fork. */
export interface ForkProjection {
  status: Status;
  statusReason: string;
  live?: ForkLiveVersion;
  productionUrl?: string;
  /** Absent leaves what is known. */
  deploysByDay?: ForkDailyDeploys[];
}

/** What the catalog says of a fork. */
export interface ForkIdentity {
  title: string;
  description: string;
  /** Entity ref; absent when the entity names no owner. */
  owner?: string;
  /** Entity ref. */
  system?: string;
}

/**
 * Port to the fork registry.
 */
export interface ForkStore {
  findFork(request: { name: string }): Promise<Fork | undefined>;
  findForkByEntityRef(request: {
    entityRef: string;
  }): Promise<Fork | undefined>;
  /** Never gives forks that were deleted. */
  listForks(
    request: ListForksRequest & { filter?: ForkCriteria },
  ): Promise<Page<Fork>>;
  summarizeForks(request: { filter?: ForkCriteria }): Promise<ForksSummary>;
  /**
   * Writes what deployments tell of an active fork; resolves to whether its
   * status or its live version changed.
   */
  updateProjection(request: {
    name: string;
    projection: ForkProjection;
  }): Promise<boolean>;
  /**
   * Writes what the catalog says of an active fork, to its provisioning too:
   * whoever owns the fork decides about both.
   */
  updateIdentity(request: {
    name: string;
    identity: ForkIdentity;
  }): Promise<void>;
  /** Marks forks as looked at, oldest first, and gives them. */
  takeForksToProject(request: {
    limit: number;
    olderThanSeconds: number;
  }): Promise<Fork[]>;
}
