import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { ForkPlanField } from './ForkPlanField';
import { validateForkPlan } from './validateForkPlan';

/** The field `ForkPlan`. */
export const forkPlanFormField = createFormField({
  name: 'ForkPlan',
  component: ForkPlanField,
  validation: validateForkPlan,
  schema: makeFieldSchema({ output: z => z.string() }),
});
