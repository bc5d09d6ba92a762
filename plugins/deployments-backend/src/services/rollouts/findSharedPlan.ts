import type { RolloutPlan } from '@forkyard/plugin-deployments-common';
import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../database/DeploymentsStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';
import { combinePlans, describePlans } from './combinePlans';

/** How a deployment is rolled out, and for which entity. */
export interface SharedPlan {
  plan: RolloutPlan;
  /** Of the entity that the rollout is for. */
  deployment: HeldDeployment;
  /** Whose plan asked for what, when several entities have the project. */
  reason?: string;
}

/**
 * Finds the plan that a deployment is rolled out by.
 *
 * One project may be that of several entities, whose traffic is the same: what
 * the plan of any of them asks for holds, whichever is named. The rollout is for
 * the entity with the most careful strategy, the first by name of several; with
 * `isNamed` for the given one, unless its own plan is `direct`. Who has the same
 * project and no known plan keeps all of them from traffic.
 */
export async function findSharedPlan(
  options: {
    delivery: Pick<DeliveryService, 'getPlan'>;
    deployments: Pick<DeploymentsStore, 'listById'>;
    tracked: Pick<TrackedEntitiesStore, 'listSharing'>;
  },
  deployment: HeldDeployment,
  { fresh, isNamed }: { fresh: boolean; isNamed: boolean },
): Promise<SharedPlan> {
  const { delivery, deployments, tracked } = options;
  const { environment } = deployment;
  const sharing = await tracked.listSharing(deployment);
  const entityRefs = [...new Set([deployment.entityRef, ...sharing])];
  const plans = await Promise.all(
    entityRefs.map(async entityRef => ({
      entityRef,
      plan: await delivery.getPlan({ entityRef, environment }, { fresh }),
    })),
  );
  const { plan, sorted } = combinePlans(plans);
  const reason = describePlans(sorted);
  if (plan.strategy === 'direct') return { plan, deployment };
  const asking = sorted
    .filter(asked => asked.plan.strategy !== 'direct')
    .map(({ entityRef }) => entityRef);
  if (isNamed && asking.includes(deployment.entityRef)) {
    return { plan, deployment, reason };
  }
  const held = await deployments.listById(deployment.id);
  // Who has not seen the deployment yet has a word all the same.
  const [owner = deployment] = asking.flatMap(entityRef =>
    held.filter(found => found.entityRef === entityRef),
  );
  return { plan, deployment: owner, reason };
}

/** Adds to what brought a rollout about by whose plan it goes. */
export function withReason(
  said: string,
  { reason }: Pick<SharedPlan, 'reason'>,
): string {
  return reason ? `${said} ${reason}` : said;
}
