import { useId } from 'react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type {
  DoraDays,
  DoraMetricName,
  DoraScope,
} from '@forkyard/plugin-deployments-common';
import { useDoraChanges } from '../../hooks/useDoraChanges';
import { doraWords } from '../../presentation/doraWords';
import { DoraChangeRow } from './DoraChangeRow';

/** Lists the deployments that the chosen figure is of, newest first. */
export function DoraChangeTable(props: {
  scope: DoraScope;
  days: DoraDays;
  metric: DoraMetricName;
}) {
  const { scope, days, metric } = props;
  const titleId = useId();
  return (
    <Stack spacing={1}>
      <Typography id={titleId} variant="h6" component="h2" color="text.primary">
        {doraWords[metric].rows}, last {days} days
      </Typography>
      <Typography variant="body2" color="text.secondary">
        {doraWords[metric].meaning}
      </Typography>
      <Rows {...props} withEntity={!scope.entityRef} titleId={titleId} />
    </Stack>
  );
}

function Rows(props: {
  scope: DoraScope;
  days: DoraDays;
  metric: DoraMetricName;
  withEntity: boolean;
  titleId: string;
}) {
  const { withEntity } = props;
  const changes = useDoraChanges(props);
  const { value, error, loading } = changes;
  if (error && !value) {
    return (
      <ErrorState
        compact
        title="The deployments could not be loaded"
        error={error}
        onRetry={changes.refresh}
      />
    );
  }
  if (!value) return <LoadingState label="Loading deployments" rows={3} />;
  if (value.items.length === 0 && !loading) {
    return <EmptyState compact title="There are none in this time" />;
  }
  return (
    <>
      <TableContainer
        role="region"
        aria-labelledby={props.titleId}
        tabIndex={0}
        aria-busy={loading}
      >
        <Table size="small" sx={{ '& th, & td': { whiteSpace: 'nowrap' } }}>
          <TableHead>
            <TableRow>
              <TableCell>Got traffic</TableCell>
              {withEntity && <TableCell>Entity</TableCell>}
              <TableCell>Version</TableCell>
              <TableCell>Outcome</TableCell>
              <TableCell align="right">Lead time</TableCell>
              <TableCell>Why</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {value.items.map(change => (
              <DoraChangeRow
                key={`${change.entityRef} ${change.id}`}
                change={change}
                withEntity={withEntity}
              />
            ))}
          </TableBody>
        </Table>
      </TableContainer>
      {value.hasMore && (
        <Button
          onClick={changes.showMore}
          disabled={loading}
          sx={{ alignSelf: 'flex-start' }}
        >
          Show more
        </Button>
      )}
    </>
  );
}
