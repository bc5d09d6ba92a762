import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useApi } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { asSentences, describeError } from '@forkyard/frontend-kit';
import type { PlanCheck } from '@forkyard/plugin-forks-common';
import { checkForkName, findNameProblem } from '../../api/checkForkName';
import { forksApiRef } from '../../api/forksApiRef';
import { useAsyncCheck, type AsyncCheck } from '../../hooks/useAsyncCheck';
import { useOwnRefs } from '../../hooks/useOwnRefs';
import { PlanChecks } from '../ForkPlanField/PlanChecks';

/** Time without a key before the backend is asked. */
const typingPauseMs = 400;

/** Takes the fork's name and says while it is typed whether it can be had. */
export function ForkNameField(props: FieldExtensionComponentProps<string>) {
  const { formData: name = '', schema, idSchema, rawErrors = [] } = props;
  const forksApi = useApi(forksApiRef);
  const ownRefs = useOwnRefs();
  const problem = name ? findNameProblem(name) : undefined;
  const check = useAsyncCheck<PlanCheck[]>({
    key: name,
    delayMs: typingPauseMs,
    check:
      name && !problem && ownRefs
        ? signal =>
            checkForkName({
              forksApi,
              name,
              formData: props.formContext?.formData,
              standInOwner: ownRefs.userEntityRef || 'user:default/guest',
              signal,
            })
        : undefined,
  });
  const failed = check.value?.some(({ verdict }) => verdict === 'fail');
  const hintId = `${idSchema.$id}-hint`;
  return (
    <Stack spacing={1}>
      <TextField
        id={idSchema.$id}
        label={schema.title ?? 'Name'}
        required={props.required}
        disabled={props.disabled}
        value={name}
        onChange={event => props.onChange(event.target.value || undefined)}
        error={Boolean(problem || failed || rawErrors.length > 0)}
        helperText={problem}
        inputProps={{
          'aria-describedby': hintId,
          autoFocus: Boolean(props.uiSchema['ui:autofocus']),
          autoCapitalize: 'none',
          autoComplete: 'off',
          spellCheck: false,
        }}
        InputProps={{ sx: { fontFamily: 'monospace' } }}
      />
      <div id={hintId} role="status">
        <NameHint check={check} />
      </div>
    </Stack>
  );
}

function NameHint({ check }: { check: AsyncCheck<PlanCheck[]> }) {
  if (check.loading) {
    return (
      <Typography variant="body2" color="text.secondary">
        Checking whether the name is free
      </Typography>
    );
  }
  if (check.error) {
    return (
      <Typography variant="body2" color="text.secondary">
        {asSentences(
          `Whether the name is free could not be checked: ${describeError(check.error).message}`,
          'The plan checks it again',
        )}
      </Typography>
    );
  }
  return check.value ? <PlanChecks checks={check.value} /> : null;
}
