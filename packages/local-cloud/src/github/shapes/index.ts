export * from './account';
export * from './commit';
export * from './hook';
export * from './pull';
export * from './repository';
export * from './restTypes';
export * from './dependabot';
export * from './securityAlerts';
