import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import CheckIcon from '@mui/icons-material/Check';
import CopyIcon from '@mui/icons-material/ContentCopy';
import { visuallyHidden } from '@mui/utils';
import { useCopy, type CopyState } from './useCopy';

const announcements: Record<CopyState, string> = {
  idle: '',
  copied: 'Copied',
  failed: 'Could not be copied; select the text instead',
};

/**
 * Shows a commit, an id or a name in monospace, with a button that copies it
 * whole.
 *
 * @public
 */
export function CopyableCode(props: {
  /** What is copied. */
  value: string;
  /** What is shown, when shorter than the value. */
  display?: string;
  /** What the value is, for the button's name: "commit", "id". */
  label: string;
  /** Opens when the code itself is pressed. */
  href?: string;
}) {
  const { value, display = value, label, href } = props;
  const { state, copy } = useCopy();
  const name = `Copy ${label} ${display}`;
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', maxWidth: '100%' }}
    >
      <Box
        component={href ? 'a' : 'code'}
        {...(href ? { href, target: '_blank', rel: 'noopener' } : {})}
        title={display === value ? undefined : value}
        sx={{
          fontFamily: 'monospace',
          fontSize: '0.875em',
          color: 'inherit',
          ...(display === value
            ? { overflowWrap: 'anywhere' }
            : { whiteSpace: 'nowrap' }),
        }}
      >
        {display}
      </Box>
      <Tooltip title={announcements[state] || name}>
        <IconButton
          size="small"
          aria-label={name}
          onClick={event => {
            event.stopPropagation();
            copy(value);
          }}
          sx={{ ml: 0.25 }}
        >
          {state === 'copied' ? (
            <CheckIcon sx={{ fontSize: 16 }} />
          ) : (
            <CopyIcon sx={{ fontSize: 16 }} />
          )}
        </IconButton>
      </Tooltip>
      <span role="status" style={visuallyHidden}>
        {announcements[state]}
      </span>
    </Box>
  );
}

/**
 * Shortens a commit to the seven digits people quote.
 *
 * @public
 */
export function shortSha(sha: string): string {
  return sha.slice(0, 7);
}
