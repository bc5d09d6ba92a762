/**
 * What tests of more than one backend need.
 *
 * @packageDocumentation
 */
export { reuseDatabase } from './reuseDatabase';
