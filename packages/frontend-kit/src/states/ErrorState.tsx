import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import ErrorIcon from '@mui/icons-material/ErrorOutline';
import { CopyableCode } from '../code/CopyableCode';
import { asSentences } from './asSentences';
import { DeniedState } from './DeniedState';
import { describeError, type ErrorDescription } from './describeError';
import { StateFrame } from './StateFrame';

/** @public */
export interface ErrorStateProps {
  error: unknown;
  /** What failed, for example "The forks could not be loaded". */
  title: string;
  /** Whether anything was lost; by default that nothing was. */
  lost?: string;
  /** What to do, when the page knows better than the error. */
  action?: string;
  onRetry?: () => void;
  /** For cards and table rows. */
  compact?: boolean;
}

/**
 * Says what failed, whether anything was lost and what to do; the details fold
 * out with something to quote. An answer of 401 or 403 becomes
 * {@link DeniedState}.
 *
 * @public
 */
export function ErrorState(props: ErrorStateProps) {
  const described = describeError(props.error);
  if (described.kind === 'denied') {
    return (
      <DeniedState
        compact={props.compact}
        message={described.message}
        action={described.action}
      />
    );
  }
  return (
    <StateFrame
      role="alert"
      compact={props.compact}
      icon={<ErrorIcon aria-hidden color="error" />}
      title={props.title}
    >
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {asSentences(described.message)}
      </Typography>
      <Typography variant="body2" color="text.secondary">
        {asSentences(
          props.lost ?? 'Nothing was lost',
          props.action ?? described.action,
        )}
      </Typography>
      {props.onRetry && (
        <Button size="small" variant="outlined" onClick={props.onRetry}>
          Try again
        </Button>
      )}
      <Details described={described} />
    </StateFrame>
  );
}

function Details({ described }: { described: ErrorDescription }) {
  if (!described.statusCode) return undefined;
  return (
    <Box component="details" sx={{ typography: 'body2', maxWidth: '100%' }}>
      <summary>Details</summary>
      <Box component="dl" sx={{ m: 0, mt: 1, '& dd': { m: 0, mb: 0.5 } }}>
        <dt>Status</dt>
        <dd>{described.statusCode}</dd>
        {described.request && (
          <>
            <dt>Request</dt>
            <dd>
              <CopyableCode value={described.request} label="request" />
            </dd>
          </>
        )}
        {described.requestId && (
          <>
            <dt>Request id</dt>
            <dd>
              <CopyableCode value={described.requestId} label="request id" />
            </dd>
          </>
        )}
      </Box>
    </Box>
  );
}
