export { ConfirmDialog } from './ConfirmDialog';
export { Consequences } from './Consequences';
export { DeploymentActions } from './DeploymentActions';
export { GuardedButton } from './GuardedButton';
