import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { asSentences } from '@forkyard/frontend-kit';
import { checkForkName, findNameProblem } from '../../api/checkForkName';
import { forksApiRef } from '../../api/forksApiRef';

/**
 * Holds the reader back while the name cannot be had. When that cannot be
 * asked, they may go on: the plan asks again.
 */
export const validateForkName: CustomFieldValidator<string> = async (
  name,
  field,
  { apiHolder, formData },
) => {
  const problem = findNameProblem(name ?? '');
  if (problem) {
    field.addError(problem);
    return;
  }
  const forksApi = apiHolder.get(forksApiRef);
  if (!forksApi) return;
  const found = await checkForkName({
    forksApi,
    name,
    formData,
    standInOwner: 'user:default/guest',
  }).catch(() => undefined);
  for (const check of found ?? []) {
    if (check.verdict === 'fail') {
      field.addError(asSentences(check.message, check.action));
    }
  }
};
