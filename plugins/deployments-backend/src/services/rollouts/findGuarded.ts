import type {
  DeploymentsStore,
  HeldDeployment,
} from '../../database/DeploymentsStore';
import type { TrackedEntitiesStore } from '../../database/TrackedEntitiesStore';
import type { DeliveryService } from '../delivery/DeliveryService';

/**
 * Finds the entity whose plan a deployment is rolled out by, itself first.
 *
 * One project may be that of several entities, whose traffic is the same: a
 * plan that asks for checks and people is not got round by naming another one.
 * Undefined when the plans of all of them are `direct`.
 */
export async function findGuarded(
  options: {
    delivery: Pick<DeliveryService, 'getPlan'>;
    deployments: Pick<DeploymentsStore, 'listById'>;
    tracked: Pick<TrackedEntitiesStore, 'listByEntity'>;
  },
  deployment: HeldDeployment,
): Promise<HeldDeployment | undefined> {
  const { delivery, deployments, tracked } = options;
  const isDirect = async (held: HeldDeployment) => {
    const plan = await delivery.getPlan(held, { fresh: true });
    return plan.strategy === 'direct';
  };
  if (!(await isDirect(deployment))) return deployment;
  for (const other of await deployments.listById(deployment.id)) {
    if (other.entityRef === deployment.entityRef) continue;
    const followed = await tracked.listByEntity(other.entityRef);
    const isShared = followed.some(
      ({ provider, project }) =>
        provider === other.provider && project?.projectId === other.projectId,
    );
    if (isShared && !(await isDirect(other))) return other;
  }
  return undefined;
}
