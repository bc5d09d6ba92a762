/**
 * The slo plugin as other backends see it.
 *
 * @packageDocumentation
 */
export * from './sloServiceRef';
export * from './testUtils/mockSloService';
