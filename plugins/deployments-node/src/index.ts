/**
 * The deployments plugin as other backends see it.
 *
 * @packageDocumentation
 */
export * from './DeploymentChecks';
export * from './DeploymentProvider';
export * from './deploymentsServiceRef';
export * from './extensions';
export * from './testUtils/MemoryCanaryTraffic';
export * from './testUtils/mockDeploymentsService';
