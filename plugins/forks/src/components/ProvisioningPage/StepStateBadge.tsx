import type { ComponentType } from 'react';
import Box from '@mui/material/Box';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import Typography from '@mui/material/Typography';
import NotBegunIcon from '@mui/icons-material/RadioButtonUnchecked';
import NotNeededIcon from '@mui/icons-material/RemoveCircleOutline';
import UndoneIcon from '@mui/icons-material/Undo';
import { StatusBadge } from '@forkyard/frontend-kit';
import type { Status, StepState } from '@forkyard/plugin-forks-common';

const active: Partial<Record<StepState, { status: Status; label: string }>> = {
  running: { status: 'in-progress', label: 'Running' },
  succeeded: { status: 'healthy', label: 'Done' },
  failed: { status: 'failing', label: 'Failed' },
};

/** States that are no status: nothing is known to be well or ill. */
const idle: Partial<
  Record<StepState, { Icon: ComponentType<SvgIconProps>; label: string }>
> = {
  pending: { Icon: NotBegunIcon, label: 'Not begun' },
  skipped: { Icon: NotNeededIcon, label: 'Not needed' },
  undone: { Icon: UndoneIcon, label: 'Undone' },
};

/** Says where a step stands. */
export function StepStateBadge({ state }: { state: StepState }) {
  const status = active[state];
  if (status) return <StatusBadge {...status} />;
  const { Icon, label } = idle[state] ?? { Icon: NotBegunIcon, label: state };
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.75 }}
    >
      <Icon aria-hidden fontSize="small" sx={{ color: 'text.secondary' }} />
      <Typography component="span" variant="body2" color="text.secondary">
        {label}
      </Typography>
    </Box>
  );
}
