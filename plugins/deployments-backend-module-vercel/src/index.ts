export { deploymentsModuleVercel as default } from './module';
