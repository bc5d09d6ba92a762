/**
 * What entities and teams cost, in the browser: a card and tabs.
 *
 * @packageDocumentation
 */
export { costApiRef } from './api/costApiRef';
export { useMayReadBill } from './hooks/useMayReadBill';
export { costPlugin as default } from './plugin';
