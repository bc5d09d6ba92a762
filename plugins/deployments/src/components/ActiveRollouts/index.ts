export { ActiveRollouts } from './ActiveRollouts';
