import {
  forkNameSchema,
  type ForksApi,
  type PlanCheck,
} from '@forkyard/plugin-forks-common';

/** Checks of the plan that speak about the name alone. */
const nameCheckId = /(^|-)name(-|$)/;

/**
 * Tells what is wrong with the spelling of a name, if anything.
 */
export function findNameProblem(name: string): string | undefined {
  const parsed = forkNameSchema.safeParse(name);
  return parsed.success ? undefined : parsed.error.issues[0].message;
}

/**
 * Asks the backend whether a name is free, before the rest of the form is
 * filled in: what is missing is given a stand-in, and only the checks about
 * the name are kept.
 */
export async function checkForkName(options: {
  forksApi: ForksApi;
  name: string;
  /** What the form holds so far. */
  formData?: Record<string, unknown>;
  standInOwner: string;
  signal?: AbortSignal;
}): Promise<PlanCheck[]> {
  const { forksApi, name, formData, standInOwner, signal } = options;
  const plan = await forksApi.checkPlan(
    {
      name,
      title: name,
      owner: textOr(formData?.owner, standInOwner),
      baseApplication: textOr(formData?.baseApplication, 'unknown/unknown'),
    },
    { signal },
  );
  return plan.checks.filter(check => nameCheckId.test(check.id));
}

function textOr(value: unknown, standIn: string): string {
  return typeof value === 'string' && value ? value : standIn;
}
