export { RunText } from './RunText';
