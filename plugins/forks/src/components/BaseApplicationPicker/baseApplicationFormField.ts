import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { BaseApplicationPicker } from './BaseApplicationPicker';

/** Accepts `owner/repo` and the address of a repository. */
const repositoryPattern =
  /^(?:https?:\/\/[^/\s]+\/)?[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/?$/;

/** The field `BaseApplicationPicker`. */
export const baseApplicationFormField = createFormField({
  name: 'BaseApplicationPicker',
  component: BaseApplicationPicker,
  validation: (repository, field) => {
    if (!repositoryPattern.test(repository ?? '')) {
      field.addError(
        'Must be a repository such as acme/base-app, or its address',
      );
    }
  },
  schema: makeFieldSchema({
    output: z => z.string(),
    uiOptions: z => z.object({ bases: z.array(z.string()).optional() }),
  }),
});
