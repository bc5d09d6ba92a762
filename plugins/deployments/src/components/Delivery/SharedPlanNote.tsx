import { Fragment } from 'react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Typography from '@mui/material/Typography';
import type { SharedPlan } from '@forkyard/plugin-deployments-common';
import { describeAsked } from '../../presentation/sharedPlanWords';

/** Says whose plan holds where several entities have one project, and leads to them. */
export function SharedPlanNote(props: {
  entityRef: string;
  plans: SharedPlan[];
}) {
  const { entityRef, plans } = props;
  const isHeld = plans.some(({ asks }) => !asks || asks.length > 0);
  if (!isHeld) return undefined;
  return (
    <Typography
      variant="caption"
      color="text.secondary"
      sx={{ overflowWrap: 'anywhere' }}
    >
      {plans.length} entities have this project, and the stricter plan holds:{' '}
      {plans.map((plan, index) => (
        <Fragment key={plan.entityRef ?? index}>
          {index > 0 && '; '}
          <Subject plan={plan} own={entityRef} /> {describeAsked(plan)}
        </Fragment>
      ))}
      .
    </Typography>
  );
}

function Subject({ plan, own }: { plan: SharedPlan; own: string }) {
  if (plan.entityRef === own) return <>this one</>;
  if (!plan.entityRef) return <>one that you may not see</>;
  return <EntityRefLink entityRef={plan.entityRef} />;
}
