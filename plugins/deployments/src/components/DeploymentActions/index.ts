export { ConfirmDialog } from './ConfirmDialog';
export { DeploymentActions } from './DeploymentActions';
