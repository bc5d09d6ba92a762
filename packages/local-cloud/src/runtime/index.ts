export * from './buildPlan';
export * from './BuildQueue';
export * from './DeploymentProcess';
export * from './DeploymentRuntime';
export * from './inlineFiles';
export type { MeasuredUse } from './ProcessMeter';
export * from './settings';
