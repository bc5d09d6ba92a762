/**
 * The steps of a provisioning, in the order in which they run. They are undone
 * in the reverse order.
 *
 * @public
 */
export const provisioningSteps = [
  'repository',
  'project',
  'environment',
  'stores',
  'domain',
  'deployment',
  'verification',
  'registration',
] as const;

/** @public */
export type StepId = (typeof provisioningSteps)[number];

/**
 * Tells whether a step lies at or before another.
 *
 * @public
 */
export function isStepWithin(step: StepId, through: StepId): boolean {
  return provisioningSteps.indexOf(step) <= provisioningSteps.indexOf(through);
}

/**
 * The catalog entity of a fork.
 *
 * @public
 */
export function toForkEntityRef(forkName: string): string {
  return `component:default/${forkName}`;
}
