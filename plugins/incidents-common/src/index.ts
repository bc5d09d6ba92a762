/**
 * Types, permissions and the client of the incidents plugin.
 *
 * @packageDocumentation
 */
export * from './annotations';
export * from './events';
export * from './IncidentsClient';
export * from './permissions';
export * from './runbookTypes';
export * from './types';
