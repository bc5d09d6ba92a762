import { usePermission } from '@backstage/plugin-permission-react';
import { chargeReadPermission } from '@forkyard/plugin-cost-common';

/**
 * Asks whether the reader may see what an entity costs. True while the answer is
 * on its way or when the question fails, since the backend decides anyway.
 */
export function useMayReadCost(entityRef: string): boolean {
  const { loading, allowed, error } = usePermission({
    permission: chargeReadPermission,
    resourceRef: entityRef,
  });
  return loading || allowed || Boolean(error);
}
