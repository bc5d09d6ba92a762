import { usePermission } from '@backstage/plugin-permission-react';
import {
  findingReadPermission,
  findingWaivePermission,
  reportUploadPermission,
} from '@forkyard/plugin-security-findings-common';

export interface FindingPermissions {
  mayRead: boolean;
  mayWaive: boolean;
  mayUpload: boolean;
}

/**
 * Asks what the reader may do with an entity's findings. The backend asks
 * again at every call; this only decides what is offered.
 */
export function useFindingPermissions(entityRef: string): FindingPermissions {
  const resourceRef = entityRef;
  const read = usePermission({
    permission: findingReadPermission,
    resourceRef,
  });
  const waive = usePermission({
    permission: findingWaivePermission,
    resourceRef,
  });
  const upload = usePermission({
    permission: reportUploadPermission,
    resourceRef,
  });
  return {
    // Until the answer is here the backend decides, so that nothing waits for it.
    mayRead: isOffered(read) || read.loading,
    mayWaive: isOffered(waive),
    mayUpload: isOffered(upload),
  };
}

/** When the question itself fails, the backend's own answer decides. */
function isOffered(answer: { allowed: boolean; error?: Error }): boolean {
  return answer.allowed || Boolean(answer.error);
}
