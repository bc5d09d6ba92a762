export { FileProblems } from './FileProblems';
