export { FiringNote } from './FiringNote';
