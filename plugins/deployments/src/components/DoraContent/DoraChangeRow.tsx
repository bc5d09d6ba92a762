import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import TableCell from '@mui/material/TableCell';
import TableRow from '@mui/material/TableRow';
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
    <TableRow>
      <TableCell>
        <RelativeTime at={change.at} />
      </TableCell>
      {withEntity && (
        <TableCell>
          <EntityRefLink entityRef={change.entityRef} />
        </TableCell>
      )}
      <TableCell sx={{ maxWidth: 360 }}>
        <CommitLine
          deployment={{
            commit: change.commit,
            externalId: change.deploymentId.replace(/^[^:]*:/, ''),
          }}
        />
      </TableCell>
      <TableCell>
        <StatusBadge {...describeOutcome(change)} />
      </TableCell>
      <TableCell align="right" sx={{ fontVariantNumeric: 'tabular-nums' }}>
        <Box
          component="span"
          sx={{
            color:
              change.leadTime === 'known' ? 'text.primary' : 'text.secondary',
          }}
        >
          {describeLeadTime(change)}
        </Box>
      </TableCell>
      <TableCell>{change.repairs ? 'First after a failure' : ''}</TableCell>
    </TableRow>
  );
}
