export { ApprovalDialog } from './ApprovalDialog';
export { BreakGlassDialog } from './BreakGlassDialog';
export { RolloutActions } from './RolloutActions';
