export { BuildLogDrawer } from './BuildLogDrawer';
