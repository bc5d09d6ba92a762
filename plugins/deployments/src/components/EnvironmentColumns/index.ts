export { EnvironmentColumns } from './EnvironmentColumns';
export { LiveDeployment } from './LiveDeployment';
export { RunningDeployment } from './RunningDeployment';
