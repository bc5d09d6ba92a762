/**
 * How the clients of our plugins speak to their backends.
 *
 * @packageDocumentation
 */
export * from './PluginApiClient';
export * from './types';
