import { useCallback, useMemo } from 'react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import { LoadingState } from '@forkyard/frontend-kit';
import {
  hasFilters,
  ownedByMe,
  useForkFilters,
  type ForkFilters,
} from '../../hooks/useForkFilters';
import { useForksSummary } from '../../hooks/useForksSummary';
import { useOwnRefs } from '../../hooks/useOwnRefs';
import { ForkAnApplicationButton } from '../ForkAnApplicationButton';
import { ForkFilterBar } from './ForkFilterBar';
import { ForksList } from './ForksList';
import { StatusCounts } from './StatusCounts';

/** Answers "is anything of mine in trouble?": one row a fork, the worst first. */
export function ForksPage() {
  const { filters, setFilters } = useForkFilters();
  const summary = useForksSummary();
  const change = useCallback(
    (part: Partial<ForkFilters>) => setFilters({ ...filters, ...part }),
    [filters, setFilters],
  );
  const isEmpty = summary.value?.total === 0 && !hasFilters(filters);
  return (
    <Box component="main" sx={{ px: { xs: 2, sm: 3 }, pb: 3 }}>
      <Stack spacing={2}>
        {!isEmpty && (
          <>
            <Stack
              direction="row"
              spacing={2}
              useFlexGap
              sx={{
                alignItems: 'flex-start',
                flexWrap: 'wrap',
                justifyContent: 'space-between',
              }}
            >
              <StatusCounts
                summary={summary.value}
                statuses={filters.statuses}
                onChange={statuses => change({ statuses })}
              />
              <ForkAnApplicationButton />
            </Stack>
            <ForkFilterBar
              summary={summary.value}
              filters={filters}
              onChange={change}
            />
          </>
        )}
        <OwnedList filters={filters} onFiltersChange={setFilters} />
      </Stack>
    </Box>
  );
}

/** Waits for who the reader is when only their own forks are asked for. */
function OwnedList(props: {
  filters: ForkFilters;
  onFiltersChange: (filters: ForkFilters) => void;
}) {
  const { filters, onFiltersChange } = props;
  const ownRefs = useOwnRefs();
  const owners = useMemo(() => {
    if (filters.owner === ownedByMe) return ownRefs?.ownershipEntityRefs;
    return filters.owner ? [filters.owner] : [];
  }, [filters.owner, ownRefs]);
  if (!owners) return <LoadingState label="Loading forks" rows={5} />;
  return (
    <ForksList
      filters={filters}
      owners={owners}
      onFiltersChange={onFiltersChange}
    />
  );
}
