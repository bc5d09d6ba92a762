/**
 * Path of the OpenSLO file in the repository of an entity.
 *
 * @public
 */
export const ANNOTATION_SLO = 'forkyard.dev/slo';

/**
 * Path of the runbook of an SLO, from the root of the repository: an annotation
 * of the SLO object inside the OpenSLO file.
 *
 * @public
 */
export const ANNOTATION_SLO_RUNBOOK = 'forkyard.dev/runbook';

/** Where the OpenSLO file is when the annotation is empty. @public */
export const DEFAULT_SLO_PATH = 'slo.yaml';
