export { RolloutDrawer } from './RolloutDrawer';
