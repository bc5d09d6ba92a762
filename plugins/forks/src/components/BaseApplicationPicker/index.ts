export { baseApplicationFormField } from './baseApplicationFormField';
