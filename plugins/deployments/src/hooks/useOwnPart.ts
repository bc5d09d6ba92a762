import { useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { PartInVersion } from '@forkyard/plugin-deployments-common';
import { rolloutsApiRef } from '../api/rolloutsApiRef';

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
  const [part, setPart] = useState<PartInVersion>();
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setPart(undefined);
    api.getOwnPart({ entityRef, deploymentId, environment }, { signal }).then(
      answer => signal.aborted || setPart(answer.part),
      () => undefined,
    );
    return () => controller.abort();
  }, [api, entityRef, deploymentId, environment]);
  return part;
}
