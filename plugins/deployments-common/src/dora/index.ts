export * from './classifyChanges';
export * from './DoraClient';
export * from './summarizeDelivery';
export * from './types';
