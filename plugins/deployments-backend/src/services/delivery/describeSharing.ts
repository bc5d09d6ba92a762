import type { SharedPlan } from '@forkyard/plugin-deployments-common';
import type { DeliveryFile } from '../../database/delivery/DeliveryFileStore';
import { combinePlans, listDemands } from '../rollouts/combinePlans';
import { planOf } from './deliveryPlans';

/** An entity, and its file when one is held. */
export interface HeldFile {
  entityRef: string;
  file: DeliveryFile | undefined;
}

/**
 * Says what the plan of each entity of a project asks for, the most careful
 * first, those that are not known yet last; nothing when there is one entity.
 */
export function describeSharing(
  held: HeldFile[],
  environment: string,
): SharedPlan[] | undefined {
  if (held.length < 2) return undefined;
  const plans = held.flatMap(({ entityRef, file }) =>
    file?.known ? [{ entityRef, plan: planOf(file, environment) }] : [],
  );
  const sorted = plans.length > 0 ? combinePlans(plans).sorted : [];
  return [
    ...sorted.map(({ entityRef, plan }) => ({
      entityRef,
      asks: listDemands(plan),
    })),
    ...held
      .filter(({ file }) => !file?.known)
      .map(({ entityRef }) => ({ entityRef })),
  ];
}
