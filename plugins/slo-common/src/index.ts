/**
 * Types, permissions, the client and the rules of the slo plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './burnRate';
export * from './chartStep';
export * from './errorBudget';
export * from './events';
export * from './permissions';
export * from './SloClient';
export * from './summarizeSlos';
export * from './types';
