export { ConfirmDialog } from './ConfirmDialog';
export { Consequences } from './Consequences';
export { DeploymentActions } from './DeploymentActions';
