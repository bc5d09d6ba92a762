import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';

/** Accepts `owner/repo` and the address of a repository. */
const repositoryPattern =
  /^(?:https?:\/\/[^/\s]+\/)?[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+\/?$/;

/** Holds the reader back when what they typed cannot be a repository. */
export const validateBaseApplication: CustomFieldValidator<string> = (
  repository,
  field,
) => {
  if (!repositoryPattern.test(repository ?? '')) {
    field.addError(
      'Must be a repository such as acme/base-app, or its address',
    );
  }
};
