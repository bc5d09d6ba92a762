import Alert from '@mui/material/Alert';
import { GuardedButton, RelativeTime } from '@forkyard/frontend-kit';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import { environmentTitle } from '../../presentation/deploymentWords';
import { judgePin } from '../../presentation/pin';

/** Says while a rollback holds the traffic, since when, and lets it go. */
export function PinNote(props: {
  environment: EnvironmentStatus;
  /** Why it may not be released. */
  refusal?: string;
  onRelease: () => void;
}) {
  const { environment, pinned } = props.environment;
  const pin = judgePin(props.environment);
  if (!pinned || pin === 'none') return undefined;
  const since = pinned.since && (
    <>
      {' '}
      since <RelativeTime at={pinned.since} />
    </>
  );
  if (pin === 'ending') {
    return (
      <Alert severity="info">
        <strong>Pinned by rollback</strong>
        {since}, until the rollout that runs now is promoted.
      </Alert>
    );
  }
  return (
    <Alert
      severity="warning"
      action={
        <GuardedButton
          label="Release"
          name={`Release ${environmentTitle(environment)}`}
          color="inherit"
          refusal={props.refusal}
          onClick={props.onRelease}
        />
      }
      sx={{ '& .MuiAlert-message': { minWidth: 0 } }}
    >
      <strong>Pinned by rollback</strong>
      {since}: new pushes get no traffic until it is released.
      {pinned.description && ` ${pinned.description}`}
    </Alert>
  );
}
