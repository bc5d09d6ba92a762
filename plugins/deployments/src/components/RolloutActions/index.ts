export { ApprovalDialog } from './ApprovalDialog';
export { BreakGlassDialog } from './BreakGlassDialog';
export type { ActionAnswer } from './RolloutActionDialog';
export { RolloutActions } from './RolloutActions';
