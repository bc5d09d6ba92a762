export * from './Gateway';
export * from './RequestLog';
export type { TrafficSplit } from './pickDeployment';
