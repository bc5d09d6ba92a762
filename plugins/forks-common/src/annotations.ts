/**
 * `owner/repo@sha` of the base application a fork started from.
 *
 * @public
 */
export const ANNOTATION_BASE = 'forkyard.dev/base';

/**
 * Monthly budget in US dollars, a decimal string.
 *
 * @public
 */
export const ANNOTATION_BUDGET = 'forkyard.dev/budget';

/**
 * Entity ref of the catalog entity of the base application.
 *
 * @public
 */
export const ANNOTATION_FORK_OF = 'forkyard.dev/fork-of';

/** Relation from a fork to its base application. @public */
export const RELATION_FORK_OF = 'forkOf';

/** Relation from a base application to its forks. @public */
export const RELATION_HAS_FORK = 'hasFork';

/** Tag of a catalog entity that the form offers as a base. @public */
export const TAG_BASE_APPLICATION = 'base-application';
