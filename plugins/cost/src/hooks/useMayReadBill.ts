import { usePermission } from '@backstage/plugin-permission-react';
import { billReadPermission } from '@forkyard/plugin-cost-common';

/**
 * Asks whether the reader may see the bill of the whole account, to decide what
 * leads there; not while the answer is on its way. The backend asks again.
 *
 * @public
 */
export function useMayReadBill(): boolean {
  return usePermission({ permission: billReadPermission }).allowed;
}
