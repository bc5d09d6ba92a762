import { usePermission } from '@backstage/plugin-permission-react';
import {
  deploymentCreatePermission,
  deploymentPromotePermission,
  deploymentReadPermission,
  gateOverridePermission,
  rolloutApprovePermission,
  rolloutUpdatePermission,
} from '@forkyard/plugin-deployments-common';

export interface DeploymentPermissions {
  /** Whether the answers are still on their way. */
  loading: boolean;
  mayRead: boolean;
  mayRedeploy: boolean;
  mayPromote: boolean;
  /** Pause, resume, promote now and abort rollouts. */
  maySteer: boolean;
  mayApprove: boolean;
  mayBreakGlass: boolean;
}

/**
 * Asks what the reader may do with an entity's deployments. The backend asks
 * again at every call; this only decides what is offered. Nobody reads that they
 * may not approve before that is known.
 */
export function useDeploymentPermissions(
  entityRef: string,
): DeploymentPermissions {
  const resourceRef = entityRef;
  const read = usePermission({
    permission: deploymentReadPermission,
    resourceRef,
  });
  const create = usePermission({
    permission: deploymentCreatePermission,
    resourceRef,
  });
  const promote = usePermission({
    permission: deploymentPromotePermission,
    resourceRef,
  });
  const steer = usePermission({
    permission: rolloutUpdatePermission,
    resourceRef,
  });
  const approve = usePermission({
    permission: rolloutApprovePermission,
    resourceRef,
  });
  const breakGlass = usePermission({
    permission: gateOverridePermission,
    resourceRef,
  });
  return {
    loading: read.loading || create.loading || promote.loading,
    mayRead: isOffered(read),
    mayRedeploy: isOffered(create),
    mayPromote: isOffered(promote),
    maySteer: isOffered(steer),
    mayApprove: approve.loading || isOffered(approve),
    mayBreakGlass: isOffered(breakGlass),
  };
}

/** When the question itself fails, the backend's own answer decides. */
function isOffered(answer: { allowed: boolean; error?: Error }): boolean {
  return answer.allowed || Boolean(answer.error);
}
