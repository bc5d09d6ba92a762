/**
 * Monthly budget of an entity in US dollars, a decimal string such as `50` or
 * `49.90`.
 *
 * @public
 */
export const ANNOTATION_BUDGET = 'forkyard.dev/budget';

/**
 * The Vercel project of an entity. What an entity is charged follows the project
 * that deployments verified; the annotation only tells where to show it.
 *
 * @public
 */
export const ANNOTATION_VERCEL_PROJECT_ID = 'vercel.com/project-id';
