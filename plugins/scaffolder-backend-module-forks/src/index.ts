/**
 * Scaffolder actions that fork an application.
 *
 * @packageDocumentation
 */
export { scaffolderModuleForks as default } from './module';
