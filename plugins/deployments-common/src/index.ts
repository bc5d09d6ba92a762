/**
 * Types, permissions and the clients of the deployments plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './DeploymentsClient';
export * from './dora';
export * from './events';
export * from './permissions';
export * from './projection';
export * from './promotion';
export * from './rollouts';
export * from './types';
export * from './verdict';
