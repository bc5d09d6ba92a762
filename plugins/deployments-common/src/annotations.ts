/**
 * The Vercel project of an entity: its id or its name, which Vercel's API
 * takes alike.
 *
 * @public
 */
export const ANNOTATION_VERCEL_PROJECT_ID = 'vercel.com/project-id';

/**
 * The Vercel team of the project, when it is not the default one. Files in
 * repositories may name no other.
 *
 * @public
 */
export const ANNOTATION_VERCEL_TEAM_ID = 'vercel.com/team-id';
