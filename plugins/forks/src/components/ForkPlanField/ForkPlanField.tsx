import { useEffect, useMemo, useRef } from 'react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useApi } from '@backstage/frontend-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import { ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type { ForkPlan, PlannedResource } from '@forkyard/plugin-forks-common';
import { useAsyncCheck } from '../../hooks/useAsyncCheck';
import { forksApiRef } from '../../api/forksApiRef';
import { readForkRequest, type FormProblem } from '../../api/readForkRequest';
import { PlanChecks } from './PlanChecks';

/**
 * Checks the plan of the whole form and shows it. The field's value is the
 * verdict, so that the form knows there is one; whether it blocks is decided
 * by the field's validation, which checks again.
 */
export function ForkPlanField(props: FieldExtensionComponentProps<string>) {
  const { formContext, formData, onChange } = props;
  const forksApi = useApi(forksApiRef);
  // The plan's own verdict is no part of what is planned.
  const key = useMemo(
    () => JSON.stringify({ ...formContext?.formData, plan: undefined }),
    [formContext?.formData],
  );
  const read = useMemo(() => readForkRequest(JSON.parse(key)), [key]);
  const { value, error, loading, again } = useAsyncCheck<ForkPlan>({
    key,
    delayMs: 0,
    check:
      'request' in read
        ? signal => forksApi.checkPlan(read.request, { signal })
        : undefined,
  });

  const verdict = 'problems' in read ? 'fail' : (value?.verdict ?? 'unchecked');
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    if (formData !== verdict) latest.current(verdict);
  }, [formData, verdict]);

  if ('problems' in read) return <Problems problems={read.problems} />;
  if (loading) {
    return <LoadingState label="Checking the plan" rows={6} rowHeight={20} />;
  }
  if (error) {
    return (
      <ErrorState
        title="The plan could not be checked"
        lost="Nothing was created, and the form is kept."
        error={error}
        onRetry={again}
      />
    );
  }
  return value ? <Plan plan={value} onAgain={again} /> : null;
}

function Plan({ plan, onAgain }: { plan: ForkPlan; onAgain: () => void }) {
  return (
    <Stack spacing={2}>
      <Typography role="status" sx={{ fontWeight: 600 }}>
        {verdictSentence(plan)}
      </Typography>
      <PlanChecks checks={plan.checks} />
      <Resources resources={plan.resources} />
      {plan.estimatedMonthlyCostUsd && (
        <Typography>
          Estimated cost: {costRange(plan.estimatedMonthlyCostUsd)} a month.
        </Typography>
      )}
      <Button
        size="small"
        variant="outlined"
        onClick={onAgain}
        sx={{ alignSelf: 'flex-start' }}
      >
        Check again
      </Button>
    </Stack>
  );
}

function Resources({ resources }: { resources: PlannedResource[] }) {
  if (resources.length === 0) return null;
  return (
    <div>
      <Typography variant="subtitle2" component="h3">
        Will be created
      </Typography>
      <ul style={{ margin: 0 }} aria-label="Will be created">
        {resources.map(({ kind, name }) => (
          <li key={`${kind} ${name}`}>
            <Typography variant="body2" component="span">
              {kind} <code>{name}</code>
            </Typography>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Problems({ problems }: { problems: FormProblem[] }) {
  return (
    <Stack spacing={1} role="alert">
      <Typography sx={{ fontWeight: 600 }}>
        The form is not complete, so there is no plan yet
      </Typography>
      <ul style={{ margin: 0 }}>
        {problems.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            <code>{field}</code>: {message}
          </li>
        ))}
      </ul>
      <Typography variant="body2" color="text.secondary">
        Go back, correct it and return.
      </Typography>
    </Stack>
  );
}

function verdictSentence({ verdict, checks }: ForkPlan): string {
  if (verdict === 'pass') {
    return 'Everything is ready; nothing has been created yet';
  }
  const count = checks.filter(check => check.verdict === verdict).length;
  return verdict === 'warn'
    ? `The fork can be created; ${count} of ${checks.length} checks ${count === 1 ? 'warns' : 'warn'}`
    : `The fork cannot be created: ${count} of ${checks.length} checks failed`;
}

function costRange({ low, high }: { low: number; high: number }): string {
  return low === high ? `$${low}` : `$${low} to $${high}`;
}
