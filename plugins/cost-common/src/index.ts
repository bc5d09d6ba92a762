/**
 * Types, permissions, pure rules and the client of the cost plugin.
 *
 * @packageDocumentation
 */
export * from './allocate';
export * from './annotations';
export * from './anomaly';
export * from './anomalySentence';
export * from './budget';
export * from './CostClient';
export * from './events';
export * from './forecast';
export { apportionCents, formatUsd, sumAmounts, toCents } from './money';
export * from './permissions';
export * from './shrunken';
export * from './signals';
export * from './types';
export * from './unitCost';
