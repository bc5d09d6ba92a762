export { describeEnvironment } from './describeEnvironment';
export { EnvironmentColumns } from './EnvironmentColumns';
export { LiveDeployment } from './LiveDeployment';
export { RunningDeployment } from './RunningDeployment';
