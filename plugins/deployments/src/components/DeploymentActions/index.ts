export { DeploymentActions } from './DeploymentActions';
