import { usePermission } from '@backstage/plugin-permission-react';
import { sloReadPermission } from '@forkyard/plugin-slo-common';

/**
 * Asks whether the reader may see an entity's SLOs. While the answer is on its
 * way, and when the question itself fails, the backend's own answer decides.
 */
export function useMayRead(entityRef: string): boolean {
  const { allowed, loading, error } = usePermission({
    permission: sloReadPermission,
    resourceRef: entityRef,
  });
  return allowed || loading || Boolean(error);
}
