import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { asSentences, describeError } from '@forkyard/frontend-kit';
import { forksApiRef } from '../../api/forksApiRef';
import { readForkRequest } from '../../api/readForkRequest';

/**
 * Checks the plan once more when the reader goes on, and holds them back while
 * a check fails.
 */
export const validateForkPlan: CustomFieldValidator<string> = async (
  _verdict,
  field,
  { apiHolder, formData },
) => {
  const read = readForkRequest(formData);
  if ('problems' in read) {
    for (const problem of read.problems) {
      field.addError(`${problem.field}: ${problem.message}`);
    }
    return;
  }
  try {
    const plan = await apiHolder.get(forksApiRef)?.checkPlan(read.request);
    for (const check of plan?.checks ?? []) {
      if (check.verdict === 'fail') {
        field.addError(asSentences(check.message, check.action));
      }
    }
  } catch (error) {
    const { message, action } = describeError(error);
    field.addError(
      asSentences(`The plan could not be checked: ${message}`, action),
    );
  }
};
