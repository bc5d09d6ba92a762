import { useState } from 'react';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { describeError, RelativeTime } from '@forkyard/frontend-kit';
import type { EntitySlos } from '@forkyard/plugin-slo-common';

/**
 * Says how old what is shown is; when the repository, a source or the portal
 * did not answer, also why, and offers to ask again.
 */
export function FreshnessNote(props: {
  slos: EntitySlos;
  /** Why the portal itself could not be asked, when it could not. */
  error?: Error;
  onAskAgain: () => Promise<unknown>;
}) {
  const { slos, error, onAskAgain } = props;
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const cause = error ?? failure;
  const reason = cause ? describeError(cause).message : slos.staleReason;
  if (!reason) {
    return (
      <Typography variant="caption" color="text.secondary">
        {slos.asOf ? (
          <>
            As of <RelativeTime at={slos.asOf} />
          </>
        ) : (
          'Nothing was computed yet.'
        )}
      </Typography>
    );
  }
  async function askAgain() {
    setAsking(true);
    setFailure(undefined);
    await onAskAgain().catch(setFailure);
    setAsking(false);
  }
  return (
    <Alert
      severity="warning"
      action={
        <Button
          color="inherit"
          size="small"
          disabled={asking}
          onClick={askAgain}
        >
          {asking ? 'Asking…' : 'Ask again'}
        </Button>
      }
    >
      {slos.asOf ? (
        <>
          What you see is as of <RelativeTime at={slos.asOf} />. {reason}
        </>
      ) : (
        reason
      )}
    </Alert>
  );
}
