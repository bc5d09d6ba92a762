export { ForksHomeSection } from './ForksHomeSection';
