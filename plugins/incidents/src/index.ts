/**
 * Alerts and runbooks of an entity in the browser: a card and a tab of its
 * page, and what fires on the home page.
 *
 * @packageDocumentation
 */
export { incidentsApiRef } from './api/incidentsApiRef';
export { incidentsPlugin as default } from './plugin';
