import type { ResourcePermission } from '@backstage/plugin-permission-common';
import { usePermission } from '@backstage/plugin-permission-react';

/**
 * Asks whether the reader may do something with an entity. While the answer is
 * on its way, and when the question itself fails, the backend's own answer
 * decides.
 */
export function useMay(
  permission: ResourcePermission<'catalog-entity'>,
  entityRef: string,
): boolean {
  const { allowed, loading, error } = usePermission({
    permission,
    resourceRef: entityRef,
  });
  return allowed || loading || Boolean(error);
}
