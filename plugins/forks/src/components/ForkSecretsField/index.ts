export { forkSecretsFormField } from './forkSecretsFormField';
