import Alert from '@mui/material/Alert';
import Typography from '@mui/material/Typography';
import { asSentences, RelativeTime } from '@forkyard/frontend-kit';

/** Says of when the charges are, and why they are old when they are. */
export function Freshness(props: {
  asOf?: string;
  staleReason?: string;
  /** Why the page itself could not ask again. */
  error?: Error;
}) {
  const { asOf, staleReason, error } = props;
  const reason = staleReason ?? error?.message;
  const since = asOf ? (
    <>
      As of <RelativeTime at={asOf} />.
    </>
  ) : (
    'The provider has not been asked yet.'
  );
  return reason ? (
    <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
      {since} {asSentences(`Since then: ${reason}`)}
    </Alert>
  ) : (
    <Typography variant="caption" color="text.secondary" component="p">
      {since}
    </Typography>
  );
}
