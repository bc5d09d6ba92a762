export { ForksRouter } from './ForksRouter';
