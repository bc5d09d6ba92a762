export { forkPlanFormField } from './forkPlanFormField';
