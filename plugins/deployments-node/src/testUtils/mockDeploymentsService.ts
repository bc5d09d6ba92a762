import type { DeploymentsService } from '../deploymentsServiceRef';

/**
 * Makes a deployments service of the given methods for a test; the others
 * reject and say that they were not expected.
 *
 * @public
 */
export function mockDeploymentsService(
  methods: Partial<DeploymentsService>,
): DeploymentsService {
  const unexpected = (name: string) => async () => {
    throw new Error(`The test did not expect deployments.${name} to be called`);
  };
  return {
    getEntityStatus: unexpected('getEntityStatus'),
    reconcileEntity: unexpected('reconcileEntity'),
    listDeployments: unexpected('listDeployments'),
    getDeployment: unexpected('getDeployment'),
    listProjects: unexpected('listProjects'),
    redeploy: unexpected('redeploy'),
    getRollbackTarget: unexpected('getRollbackTarget'),
    rollback: unexpected('rollback'),
    ...methods,
  };
}
