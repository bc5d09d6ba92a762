import type { KeyboardEvent } from 'react';
import Card from '@mui/material/Card';
import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import type { Fork, ForkSortField } from '@forkyard/plugin-forks-common';
import { sortBy, type ForkFilters } from '../../hooks/useForkFilters';
import { ForkName, ForkOwner, LiveVersion } from './ForkCells';
import { moveFocus } from './moveFocus';
import {
  BudgetLeft,
  CostOfBudget,
  FiringAlerts,
  OpenCriticals,
} from './VitalsCells';

const orders: Array<{ value: ForkSortField; label: string }> = [
  { value: 'status', label: 'Failing first' },
  { value: 'name', label: 'Name' },
  { value: 'live', label: 'Newest live version' },
  { value: 'created', label: 'Newest fork' },
  { value: 'alerts', label: 'Most alerts' },
  { value: 'budget', label: 'Least error budget' },
  { value: 'cost', label: 'Most of its cost budget' },
  { value: 'criticals', label: 'Most critical findings' },
];

/** Lists forks as cards, for narrow screens. */
export function ForkCards(props: {
  forks: Fork[];
  filters: ForkFilters;
  onFiltersChange: (filters: ForkFilters) => void;
}) {
  const { forks, filters, onFiltersChange } = props;
  return (
    <Stack spacing={2}>
      <TextField
        select
        size="small"
        label="Order"
        value={filters.sort}
        onChange={event => {
          const order = orders.find(
            ({ value }) => value === event.target.value,
          );
          if (order) onFiltersChange(sortBy(filters, order.value));
        }}
      >
        {orders.map(({ value, label }) => (
          <MenuItem key={value} value={value}>
            {label}
          </MenuItem>
        ))}
      </TextField>
      <Box
        component="ul"
        aria-label="Forks"
        onKeyDown={(event: KeyboardEvent<HTMLElement>) => moveFocus(event)}
        sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
      >
        {forks.map(fork => (
          <Card key={fork.name} component="li" variant="outlined" sx={{ p: 2 }}>
            <Stack spacing={1}>
              <Box
                sx={{
                  display: 'flex',
                  justifyContent: 'space-between',
                  gap: 1,
                  flexWrap: 'wrap',
                }}
              >
                <Box sx={{ minWidth: 0 }}>
                  <ForkName fork={fork} />
                </Box>
                <StatusBadge status={fork.status} />
              </Box>
              {fork.status !== 'healthy' && (
                <Typography variant="body2">{fork.statusReason}</Typography>
              )}
              <LiveVersion fork={fork} />
              <Box
                component="dl"
                sx={{
                  m: 0,
                  display: 'grid',
                  gridTemplateColumns: 'auto minmax(0, 1fr)',
                  columnGap: 2,
                  rowGap: 0.5,
                  '& > dt': { color: 'text.secondary' },
                  '& > dd': { m: 0 },
                }}
              >
                <dt>Budget left</dt>
                <dd>
                  <BudgetLeft fork={fork} />
                </dd>
                <dt>Cost / budget</dt>
                <dd>
                  <CostOfBudget fork={fork} />
                </dd>
                <dt>Criticals</dt>
                <dd>
                  <OpenCriticals fork={fork} />
                </dd>
                <dt>Alerts</dt>
                <dd>
                  <FiringAlerts fork={fork} />
                </dd>
              </Box>
              <Typography variant="body2" color="text.secondary">
                <ForkOwner fork={fork} />, created{' '}
                <RelativeTime at={fork.createdAt} />
              </Typography>
            </Stack>
          </Card>
        ))}
      </Box>
    </Stack>
  );
}
