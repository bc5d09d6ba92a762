import type { ReactNode } from 'react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import type { DeliveryChange } from '@forkyard/plugin-deployments-common';
import {
  describeLeadTime,
  describeOutcome,
} from '../../presentation/doraWords';
import { CommitLine } from '../CommitLine';

/** One deployment: what, when, how long it took, and what became of it. */
export function DoraChangeRow(props: {
  change: DeliveryChange;
  withEntity: boolean;
}) {
  const { change, withEntity } = props;
  return (
    <TableRow role="row">
      <Cell label="Got traffic">
        <RelativeTime at={change.at} />
      </Cell>
      {withEntity && (
        <Cell label="Entity">
          <EntityRefLink entityRef={change.entityRef} />
        </Cell>
      )}
      <Cell label="Version" fills>
        <CommitLine
          deployment={{
            commit: change.commit,
            externalId: change.deploymentId.replace(/^[^:]*:/, ''),
          }}
        />
      </Cell>
      <Cell label="Outcome">
        <Box>
          <StatusBadge {...describeOutcome(change)} />
          {change.repairs && (
            <Typography variant="caption" color="text.secondary" component="p">
              First after a failure
            </Typography>
          )}
        </Box>
      </Cell>
      <Cell label="Lead time">
        <Box
          component="span"
          sx={{
            fontVariantNumeric: 'tabular-nums',
            color:
              change.leadTime === 'known' ? 'text.primary' : 'text.secondary',
          }}
        >
          {describeLeadTime(change)}
        </Box>
      </Cell>
    </TableRow>
  );
}

/** A cell that, where rows are cards, says itself what it holds. */
function Cell(props: { label: string; fills?: boolean; children: ReactNode }) {
  return (
    <TableCell
      role="cell"
      data-label={props.label}
      sx={props.fills ? { width: { md: '100%' }, maxWidth: { md: 0 } } : null}
    >
      {props.children}
    </TableCell>
  );
}
