import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';
import { createFormField } from '@backstage/plugin-scaffolder-react/alpha';
import { ForkSecretsField } from './ForkSecretsField';
import { validateForkSecrets } from './validateForkSecrets';

/** The field `ForkSecrets`. */
export const forkSecretsFormField = createFormField({
  name: 'ForkSecrets',
  component: ForkSecretsField,
  validation: validateForkSecrets,
  schema: makeFieldSchema({
    output: z =>
      z.array(
        z.object({
          key: z.string(),
          ref: z.string(),
          targets: z.array(z.enum(['production', 'preview', 'development'])),
        }),
      ),
  }),
});
