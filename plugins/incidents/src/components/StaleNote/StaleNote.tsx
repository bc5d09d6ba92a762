import Alert from '@mui/material/Alert';
import { asSentences, describeError } from '@forkyard/frontend-kit';

/** Says that what is shown could not be loaded again, and why. */
export function StaleNote({ error }: { error?: Error }) {
  if (!error) return undefined;
  return (
    <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
      {asSentences(
        `What you see may be out of date: ${describeError(error).message}`,
      )}
    </Alert>
  );
}
