/**
 * Starts, resets and fills the portal on one machine.
 *
 * @packageDocumentation
 */
export { Portal, type PortalOptions } from './Portal';
