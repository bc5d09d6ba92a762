/**
 * Types, schemas, permissions and the client of the forks plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './events';
export * from './ForksClient';
export * from './permissions';
export * from './provisioning';
export * from './schemas';
export * from './steps';
export * from './types';
