import { useApi } from '@backstage/frontend-plugin-api';
import type { PartInVersion } from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';
import { useAskedOnce } from './useAskedOnce';

/**
 * Asks once what the reader has to do with a version. Nothing while that is not
 * known, also when it cannot be asked: the backend judges at the approval.
 */
export function useOwnPart(request: {
  entityRef: string;
  deploymentId: string;
  environment: string;
}): PartInVersion | undefined {
  const api = useApi(rolloutsApiRef);
  const { entityRef, deploymentId, environment } = request;
  return useAskedOnce(
    [entityRef, deploymentId, environment].join(' '),
    signal =>
      api.getOwnPart({ entityRef, deploymentId, environment }, { signal }),
  )?.part;
}
