export { FiringHomeSection } from './FiringHomeSection';
