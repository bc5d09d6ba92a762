export { forkNameFormField } from './forkNameFormField';
