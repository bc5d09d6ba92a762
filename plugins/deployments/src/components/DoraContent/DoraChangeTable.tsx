import { useId } from 'react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { SxProps, Theme } from '@mui/material/styles';
import { visuallyHidden } from '@mui/utils';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import type {
  DoraDays,
  DoraMetricName,
  DoraScope,
} from '@forkyard/plugin-deployments-common';
import { useDoraChanges } from '../../hooks/useDoraChanges';
import { doraWords } from '../../presentation/doraWords';
import { DoraChangeRow } from './DoraChangeRow';

/**
 * Makes a card of each row where columns would not fit. Roles are written out,
 * because a table that is laid out otherwise is none to a screen reader.
 */
const cardsWhereNarrow: SxProps<Theme> = theme => ({
  '& th, & td': { whiteSpace: 'nowrap' },
  [theme.breakpoints.down('md')]: {
    '&, & tbody, & tr': { display: 'block' },
    '& thead': visuallyHidden,
    '& tr': {
      border: `1px solid ${theme.palette.divider}`,
      borderRadius: `${theme.shape.borderRadius}px`,
      marginBottom: theme.spacing(1),
      padding: theme.spacing(1),
    },
    '& td': {
      display: 'grid',
      gridTemplateColumns: '96px minmax(0, 1fr)',
      alignItems: 'baseline',
      border: 0,
      padding: theme.spacing(0.5),
      whiteSpace: 'normal',
    },
    '& td::before': {
      content: 'attr(data-label)',
      color: theme.palette.text.secondary,
    },
  },
});

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
  const entity = withEntity ? ['Entity'] : [];
  return (
    <>
      <Table
        size="small"
        role="table"
        aria-labelledby={props.titleId}
        aria-busy={loading}
        sx={cardsWhereNarrow}
      >
        <TableHead role="rowgroup">
          <TableRow role="row">
            {['Got traffic', ...entity, 'Version', 'Outcome', 'Lead time'].map(
              heading => (
                <TableCell key={heading} role="columnheader">
                  {heading}
                </TableCell>
              ),
            )}
          </TableRow>
        </TableHead>
        <TableBody role="rowgroup">
          {value.items.map(change => (
            <DoraChangeRow
              key={`${change.entityRef} ${change.id}`}
              change={change}
              withEntity={withEntity}
            />
          ))}
        </TableBody>
      </Table>
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
