import { useMemo } from 'react';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useTheme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import {
  asSentences,
  EmptyState,
  ErrorState,
  LoadingState,
} from '@forkyard/frontend-kit';
import { useForks, type ForksList as List } from '../../hooks/useForks';
import {
  hasFilters,
  noFilters,
  sortBy,
  type ForkFilters,
} from '../../hooks/useForkFilters';
import { ForkAnApplicationButton } from '../ForkAnApplicationButton';
import { ForkCards } from './ForkCards';
import { ForksTable } from './ForksTable';

/** Shows the forks that match, as a table or on a phone as cards. */
export function ForksList(props: {
  filters: ForkFilters;
  owners: string[];
  onFiltersChange: (filters: ForkFilters) => void;
}) {
  const { filters, owners, onFiltersChange } = props;
  const request = useMemo(
    () => ({
      search: filters.search || undefined,
      owners,
      systems: filters.system ? [filters.system] : [],
      statuses: filters.statuses,
      budgets: filters.budget ? [filters.budget] : [],
      costs: filters.cost ? [filters.cost] : [],
      findings: filters.findings ? [filters.findings] : [],
      firing: filters.firing || undefined,
      sort: filters.sort,
      order: filters.order,
    }),
    [filters, owners],
  );
  const list = useForks(request);
  const theme = useTheme();
  const isNarrow = useMediaQuery(theme.breakpoints.down('md'));

  if (!list.forks) {
    return list.error ? (
      <ErrorState
        title="The forks could not be loaded"
        error={list.error}
        onRetry={list.refresh}
      />
    ) : (
      <LoadingState label="Loading forks" rows={5} rowHeight={48} />
    );
  }
  if (list.forks.length === 0 && !list.showPrevious) {
    return (
      <NoForks
        filters={filters}
        onClear={() => onFiltersChange({ ...filters, ...noFilters })}
      />
    );
  }
  return (
    <Stack spacing={1}>
      {list.error && (
        <Alert
          severity="warning"
          action={<Button onClick={list.refresh}>Try again</Button>}
        >
          {asSentences(
            `What you see may be out of date: ${list.error.message}`,
          )}
        </Alert>
      )}
      <Box sx={{ height: 4 }}>
        {list.loading && <LinearProgress aria-label="Loading forks" />}
      </Box>
      {isNarrow ? (
        <ForkCards
          forks={list.forks}
          filters={filters}
          onFiltersChange={onFiltersChange}
        />
      ) : (
        <ForksTable
          forks={list.forks}
          filters={filters}
          onSort={sort => onFiltersChange(sortBy(filters, sort))}
        />
      )}
      <Pager list={list} />
    </Stack>
  );
}

function NoForks(props: { filters: ForkFilters; onClear: () => void }) {
  if (hasFilters(props.filters)) {
    return (
      <EmptyState
        title="No fork matches"
        description="Other words or fewer filters may find it."
        action={
          <Button variant="outlined" onClick={props.onClear}>
            Clear all filters
          </Button>
        }
      />
    );
  }
  return (
    <EmptyState
      title="No forks yet"
      description="A fork is your own running product made from a base application: a repository, a URL and a catalog page, in under a minute. Each one will be a row here, the ones in trouble first."
      action={<ForkAnApplicationButton />}
    />
  );
}

function Pager({ list }: { list: List }) {
  return (
    <Stack
      direction="row"
      spacing={1}
      useFlexGap
      sx={{ alignItems: 'center', flexWrap: 'wrap' }}
    >
      <Typography role="status" variant="body2" color="text.secondary">
        {countSentence(list)}
      </Typography>
      {list.reordered && (
        <Button size="small" onClick={list.reorder}>
          The order has changed: sort again
        </Button>
      )}
      <Box sx={{ flexGrow: 1 }} />
      {(list.showPrevious || list.showNext) && (
        <>
          <Button
            size="small"
            disabled={!list.showPrevious}
            onClick={list.showPrevious}
          >
            Previous page
          </Button>
          <Button
            size="small"
            disabled={!list.showNext}
            onClick={list.showNext}
          >
            Next page
          </Button>
        </>
      )}
    </Stack>
  );
}

function countSentence({ forks = [], totalItems }: List): string {
  if (totalItems !== undefined && totalItems !== forks.length) {
    return `${forks.length} of ${totalItems} forks`;
  }
  return forks.length === 1 ? '1 fork' : `${forks.length} forks`;
}
