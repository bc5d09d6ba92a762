import type { ComponentType } from 'react';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import CancelIcon from '@mui/icons-material/Cancel';
import CheckCircleIcon from '@mui/icons-material/CheckCircle';
import HelpIcon from '@mui/icons-material/HelpOutline';
import InProgressIcon from '@mui/icons-material/Autorenew';
import WaitingIcon from '@mui/icons-material/PanToolAlt';
import WarningIcon from '@mui/icons-material/Warning';
import { statusColors, type Status } from './status';

const icons: Record<Status, ComponentType<SvgIconProps>> = {
  healthy: CheckCircleIcon,
  degraded: WarningIcon,
  failing: CancelIcon,
  'in-progress': InProgressIcon,
  waiting: WaitingIcon,
  unknown: HelpIcon,
};

/**
 * Draws a status without its word, for places where the word stands beside it.
 *
 * @public
 */
export function StatusIcon(props: {
  status: Status;
  fontSize?: SvgIconProps['fontSize'];
}) {
  const Icon = icons[props.status];
  return (
    <Icon
      aria-hidden
      fontSize={props.fontSize ?? 'small'}
      sx={{ color: statusColors[props.status], flexShrink: 0 }}
    />
  );
}
