import Alert from '@mui/material/Alert';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import {
  actorName,
  type EntityDelivery,
} from '@forkyard/plugin-deployments-common';
import { describePlan, strategyWords } from '../../presentation/rolloutWords';
import { SharedPlanNote } from './SharedPlanNote';

/** Says how an environment is rolled out, and what holds it now. */
export function DeliveryNote(props: {
  entityRef: string;
  delivery: EntityDelivery['environments'][number];
}) {
  const { plan, from, freeze, override, sharedPlans } = props.delivery;
  return (
    <Stack spacing={1}>
      <Typography variant="caption" color="text.secondary">
        {strategyWords[plan.strategy]}: {describePlan(plan)}
        {plan.deployOn === 'push' && ', also what is pushed'} (
        {from === 'file' ? 'from forkyard.yaml' : 'by default'})
      </Typography>
      {sharedPlans && (
        <SharedPlanNote entityRef={props.entityRef} plans={sharedPlans} />
      )}
      {freeze && (
        <Alert severity="info">
          Frozen by “{freeze.name}”; ends <RelativeTime at={freeze.until} />.
        </Alert>
      )}
      {override && (
        <Alert severity="warning">
          Glass broken by {actorName(override.createdBy)}; ends{' '}
          <RelativeTime at={override.expiresAt} />: “{override.reason}”
        </Alert>
      )}
    </Stack>
  );
}
