import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { Bill } from '@forkyard/plugin-cost-common';
import { chargedUsd } from '../../presentation/costWords';

const numeric = { fontVariantNumeric: 'tabular-nums' };

/** Lists who or what a bill is for, the highest first, and then what is shared. */
export function BillLines({ bill }: { bill: Bill }) {
  const { items, shared } = bill;
  return (
    <TableContainer>
      <Table size="small" aria-label="Lines of the bill">
        <TableHead>
          <TableRow>
            <TableCell>For</TableCell>
            <TableCell align="right">Amount</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {items.map(line =>
            'entityRef' in line ? (
              <TableRow key={line.entityRef}>
                <TableCell component="th" scope="row">
                  <EntityRefLink entityRef={line.entityRef} />
                </TableCell>
                <TableCell align="right" sx={numeric}>
                  {chargedUsd(line.amount)}
                </TableCell>
              </TableRow>
            ) : (
              <TableRow key={`project ${line.projectId}`}>
                <TableCell component="th" scope="row">
                  Project {line.projectName ?? line.projectId}, of no entity
                </TableCell>
                <TableCell align="right" sx={numeric}>
                  {chargedUsd(line.amount)}
                </TableCell>
              </TableRow>
            ),
          )}
          {!bill.nextCursor &&
            shared.services.map(({ service, amount }) => (
              <TableRow key={`shared ${service}`}>
                <TableCell component="th" scope="row">
                  {service}, shared
                </TableCell>
                <TableCell align="right" sx={numeric}>
                  {chargedUsd(amount)}
                </TableCell>
              </TableRow>
            ))}
        </TableBody>
      </Table>
      {shared.services.length > 0 && (
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {shared.explanation}
        </Typography>
      )}
    </TableContainer>
  );
}
