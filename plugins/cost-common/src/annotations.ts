/**
 * Monthly budget of an entity in US dollars, a decimal string such as `50` or
 * `49.90`.
 *
 * @public
 */
export const ANNOTATION_BUDGET = 'forkyard.dev/budget';
