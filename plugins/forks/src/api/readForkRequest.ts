import {
  forkRequestSchema,
  type ForkRequestInput,
} from '@forkyard/plugin-forks-common';

/** What a form holds that is not complete yet, and why. */
export interface FormProblem {
  /** The form's field, for example `owner`. */
  field: string;
  message: string;
}

const fields = Object.keys(forkRequestSchema.shape);

/**
 * Reads the request from what a form holds: fields of the form that are no
 * part of the request are left out, and so are empty ones.
 */
export function readForkRequest(
  formData: unknown,
): { request: ForkRequestInput } | { problems: FormProblem[] } {
  const request = pickRequest(formData);
  const parsed = forkRequestSchema.safeParse(request);
  if (parsed.success) return { request: parsed.data };
  return {
    problems: parsed.error.issues.map(issue => ({
      field: issue.path.join('.') || 'form',
      message:
        request[String(issue.path[0])] === undefined
          ? 'is missing'
          : issue.message,
    })),
  };
}

function pickRequest(formData: unknown): Record<string, unknown> {
  if (typeof formData !== 'object' || formData === null) return {};
  return Object.fromEntries(
    Object.entries(formData).filter(
      ([key, value]) =>
        fields.includes(key) && value !== undefined && value !== '',
    ),
  );
}
