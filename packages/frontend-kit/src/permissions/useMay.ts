import type { ResourcePermission } from '@backstage/plugin-permission-common';
import { usePermission } from '@backstage/plugin-permission-react';

/**
 * Asks whether the reader may do something with a thing, such as an entity. It
 * only decides what is shown and offered: the backend asks again at every call,
 * so its answer decides when the question itself fails.
 *
 * @public
 */
export function useMay<TResourceType extends string>(
  permission: ResourcePermission<TResourceType>,
  resourceRef: string,
  options: {
    /**
     * What to assume while the answer is on its way: true, so that nothing that
     * is read waits for it; false for a button that might vanish again.
     */
    meanwhile?: boolean;
  } = {},
): boolean {
  const { meanwhile = true } = options;
  const { allowed, loading, error } = usePermission({
    permission,
    resourceRef,
  });
  return loading ? meanwhile : allowed || Boolean(error);
}
