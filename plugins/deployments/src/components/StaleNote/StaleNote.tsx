import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { describeError, RelativeTime } from '@forkyard/frontend-kit';
import type { EntityDeploymentStatus } from '@forkyard/plugin-deployments-common';
import { useAsyncAction } from '../../hooks/useAsyncAction';

/**
 * Says how old what is shown is; when the provider or the portal did not
 * answer, also why, and offers to ask again.
 */
export function StaleNote(props: {
  status: EntityDeploymentStatus;
  /** Why the portal itself could not be asked, when it could not. */
  error?: Error;
  onAskAgain: () => Promise<unknown>;
}) {
  const { status, error } = props;
  const asking = useAsyncAction(props.onAskAgain);
  const reason = error ? describeError(error).message : status.staleReason;
  if (!reason) {
    return (
      <Typography variant="caption" color="text.secondary">
        {status.asOf ? (
          <>
            As of <RelativeTime at={status.asOf} />
          </>
        ) : (
          'The provider has not been asked yet.'
        )}
      </Typography>
    );
  }
  return (
    <Alert
      severity="warning"
      action={
        <Button
          color="inherit"
          size="small"
          disabled={asking.running}
          onClick={asking.run}
        >
          {asking.running ? 'Asking' : 'Ask again'}
        </Button>
      }
    >
      {status.asOf && (
        <>
          As of <RelativeTime at={status.asOf} />.{' '}
        </>
      )}
      {error
        ? 'The portal did not answer: '
        : 'The provider could not be read: '}
      {reason}
      {asking.error && ` Asked again: ${describeError(asking.error).message}`}
    </Alert>
  );
}
