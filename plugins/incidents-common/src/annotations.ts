/**
 * Folder of the runbooks in the entity's repository.
 *
 * @public
 */
export const ANNOTATION_RUNBOOKS = 'forkyard.dev/runbooks';

/** Folder when the annotation is absent. @public */
export const DEFAULT_RUNBOOKS_FOLDER = 'runbooks';
