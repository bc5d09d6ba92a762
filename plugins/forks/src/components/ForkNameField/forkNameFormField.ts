import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { ForkNameField } from './ForkNameField';
import { validateForkName } from './validateForkName';

/** The field `ForkName`. */
export const forkNameFormField = createFormField({
  name: 'ForkName',
  component: ForkNameField,
  validation: validateForkName,
  schema: makeFieldSchema({ output: z => z.string() }),
});
