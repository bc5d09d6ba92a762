import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import { statuses as allStatuses, StatusBadge } from '@forkyard/frontend-kit';
import type { ForksSummary, Status } from '@forkyard/plugin-forks-common';

/** Counts forks by status; each count filters by its status when pressed. */
export function StatusCounts(props: {
  summary?: ForksSummary;
  statuses: Status[];
  onChange: (statuses: Status[]) => void;
}) {
  const { summary, statuses, onChange } = props;
  const shown = allStatuses.filter(
    status => (summary?.byStatus[status] ?? 0) > 0 || statuses.includes(status),
  );
  return (
    <Stack
      role="group"
      aria-label="Filter by status"
      direction="row"
      spacing={1}
      useFlexGap
      sx={{ flexWrap: 'wrap', minHeight: 36 }}
    >
      {shown.map(status => (
        <ToggleButton
          key={status}
          value={status}
          size="small"
          selected={statuses.includes(status)}
          onChange={() =>
            onChange(
              statuses.includes(status)
                ? statuses.filter(other => other !== status)
                : [...statuses, status],
            )
          }
          sx={{
            gap: 1,
            textTransform: 'none',
            fontVariantNumeric: 'tabular-nums',
            color: 'text.primary',
          }}
        >
          <strong>{summary?.byStatus[status] ?? 0}</strong>
          <StatusBadge status={status} />
        </ToggleButton>
      ))}
    </Stack>
  );
}
