/**
 * Forks in the browser.
 *
 * @packageDocumentation
 */
export { forksPlugin as default } from './plugin';
export { forksApiRef } from './api/forksApiRef';
