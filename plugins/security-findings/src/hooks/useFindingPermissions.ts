import { useMay } from '@forkyard/frontend-kit';
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

/** What is offered waits for the answer. */
const offered = { meanwhile: false };

/** Asks what the reader may do with an entity's findings. */
export function useFindingPermissions(entityRef: string): FindingPermissions {
  return {
    mayRead: useMay(findingReadPermission, entityRef),
    mayWaive: useMay(findingWaivePermission, entityRef, offered),
    mayUpload: useMay(reportUploadPermission, entityRef, offered),
  };
}
