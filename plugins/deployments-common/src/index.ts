/**
 * Types, permissions and the client of the deployments plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './DeploymentsClient';
export * from './events';
export * from './permissions';
export * from './projection';
export * from './types';
