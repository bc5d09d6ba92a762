/**
 * Deployments of an entity in the browser: a card and a tab of its page.
 *
 * @packageDocumentation
 */
export { deploymentsApiRef } from './api/deploymentsApiRef';
export { doraApiRef } from './api/doraApiRef';
export { rolloutsApiRef } from './api/rolloutsApiRef';
export { deploymentsPlugin as default } from './plugin';
