/**
 * Lineage of forks in the catalog.
 *
 * @packageDocumentation
 */
export { catalogModuleForks as default } from './module';
