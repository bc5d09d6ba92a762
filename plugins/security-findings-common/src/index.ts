/**
 * Types, permissions, pure rules and the client of the security-findings
 * plugin.
 *
 * @packageDocumentation
 */
export * from './dueDate';
export * from './events';
export * from './fingerprint';
export * from './mergeReports';
export * from './order';
export * from './permissions';
export * from './SecurityFindingsClient';
export * from './severity';
export * from './suddenDrop';
export * from './types';
export * from './waiver';
