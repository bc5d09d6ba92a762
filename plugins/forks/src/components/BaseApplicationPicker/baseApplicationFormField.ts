import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { BaseApplicationPicker } from './BaseApplicationPicker';
import { validateBaseApplication } from './validateBaseApplication';

/** The field `BaseApplicationPicker`. */
export const baseApplicationFormField = createFormField({
  name: 'BaseApplicationPicker',
  component: BaseApplicationPicker,
  validation: validateBaseApplication,
  schema: makeFieldSchema({
    output: z => z.string(),
    uiOptions: z => z.object({ bases: z.array(z.string()).optional() }),
  }),
});
