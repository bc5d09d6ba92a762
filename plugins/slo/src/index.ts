/**
 * SLOs of an entity in the browser: a card and a tab of its page.
 *
 * @packageDocumentation
 */
export { deploymentHistoryApiRef, sloApiRef } from './api/apiRefs';
export { sloPlugin as default } from './plugin';
