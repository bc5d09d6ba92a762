import {
  classifyChanges,
  type DailyDeploys,
  type TakenBackRollout,
} from '@forkyard/plugin-deployments-common';
import type {
  DeliveryStore,
  RolloutsKey,
} from '../../database/dora/DeliveryStore';

/** A rollout that was taken back, and whose it was. */
export interface EntityTakenBackRollout extends TakenBackRollout {
  entityRef: string;
}

/** Knows which rollouts to production got traffic and lost it again. */
export interface RolloutHistory {
  listTakenBack(entityRefs: string[]): Promise<EntityTakenBackRollout[]>;
}

const BATCH = 100;

/** Entities that one run of the job brings up to date. */
const MOST_MOVED = 500;

/**
 * Keeps the deployments to production derived from what had its traffic.
 */
export class DeliveryHistory {
  constructor(
    private readonly options: {
      delivery: DeliveryStore;
      /** Without it only what had all of the traffic is known. */
      rollouts?: RolloutHistory;
    },
  ) {}

  /** Brings entities up to date, as far as they are not. */
  async refresh(entityRefs: string[]): Promise<void> {
    const rollouts = await this.#readRollouts(entityRefs);
    const keys = toKeys(entityRefs, rollouts);
    const grown = new Set(await this.options.delivery.listGrown(keys));
    const due = keys.filter(({ entityRef }) => grown.has(entityRef));
    for (let start = 0; start < due.length; start += BATCH) {
      await this.options.delivery.replaceChanges(
        due.slice(start, start + BATCH),
        ({ entityRef, spans }) =>
          classifyChanges({ spans, rollouts: rollouts.get(entityRef) ?? [] }),
      );
    }
  }

  /**
   * Counts an entity's deployments of the newest days in UTC, by the same rule as
   * DORA's metrics: see `classifyChanges`.
   */
  async countByDay(request: {
    entityRef: string;
    days: number;
  }): Promise<DailyDeploys[]> {
    await this.refresh([request.entityRef]);
    return this.options.delivery.countByDay(request);
  }

  /** Brings entities up to date that nobody may have asked for. */
  async refreshMoved(): Promise<void> {
    await this.refresh(await this.options.delivery.listMoved(MOST_MOVED));
  }

  async #readRollouts(
    entityRefs: string[],
  ): Promise<Map<string, TakenBackRollout[]>> {
    const found =
      (await this.options.rollouts?.listTakenBack(entityRefs)) ?? [];
    const byEntity = new Map<string, TakenBackRollout[]>();
    for (const { entityRef, ...rollout } of found) {
      const its = byEntity.get(entityRef);
      if (its) its.push(rollout);
      else byEntity.set(entityRef, [rollout]);
    }
    return byEntity;
  }
}

/** Rollouts are only added, and end once: their number and newest end tell them apart. */
function toKeys(
  entityRefs: string[],
  rollouts: Map<string, TakenBackRollout[]>,
): RolloutsKey[] {
  return entityRefs.map(entityRef => {
    const its = rollouts.get(entityRef);
    if (!its) return { entityRef, key: '' };
    const newest = Math.max(
      ...its.map(({ trafficBackAt }) => trafficBackAt.getTime()),
    );
    return { entityRef, key: `${its.length} ${newest}` };
  });
}
