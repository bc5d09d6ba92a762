/**
 * Security findings of an entity in the browser: a card and a tab of its page.
 *
 * @packageDocumentation
 */
export { securityFindingsApiRef } from './api/securityFindingsApiRef';
export { securityFindingsPlugin as default } from './plugin';
