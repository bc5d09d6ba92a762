export { DoraContent } from './DoraContent';
