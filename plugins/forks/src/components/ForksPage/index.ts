export { ForksPage } from './ForksPage';
