import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import Typography from '@mui/material/Typography';
import { statusLabels, type Status } from './status';
import { StatusIcon } from './StatusIcon';

/** @public */
export interface StatusBadgeProps {
  status: Status;
  /** A sentence that says why; owed for `unknown`, shown on hover and read aloud. */
  reason?: string;
  /** Another word for the same status, for example "Building". */
  label?: string;
  size?: 'small' | 'medium';
}

/**
 * Says how something is: icon, word and color, never color alone.
 *
 * @public
 */
export function StatusBadge(props: StatusBadgeProps) {
  const { status, reason, size = 'small' } = props;
  const badge = (
    <Box
      component="span"
      data-status={status}
      sx={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 0.75,
        whiteSpace: 'nowrap',
      }}
    >
      <StatusIcon
        status={status}
        fontSize={size === 'small' ? 'small' : 'medium'}
      />
      <Typography
        component="span"
        variant={size === 'small' ? 'body2' : 'subtitle1'}
        color={status === 'unknown' ? 'text.secondary' : 'text.primary'}
      >
        {props.label ?? statusLabels[status]}
      </Typography>
    </Box>
  );
  if (!reason) return badge;
  return (
    <Tooltip title={reason} describeChild>
      {badge}
    </Tooltip>
  );
}
