import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableFooter from '@mui/material/TableFooter';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { formatUsd, type Bill } from '@forkyard/plugin-cost-common';
import { BillAmount } from './BillAmount';

const numeric = { fontVariantNumeric: 'tabular-nums' };
const sum = { color: 'text.primary', typography: 'body2' };

/**
 * Lists who or what a bill is for, the highest first, then what is shared, and
 * their sum: the amounts are rounded so that it is the sum of what is shown.
 */
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
                  <BillAmount cents={line.amount} isCharged inColumn />
                </TableCell>
              </TableRow>
            ) : (
              <TableRow key={`project ${line.projectId}`}>
                <TableCell component="th" scope="row">
                  Project {line.projectName ?? line.projectId}, of no entity
                </TableCell>
                <TableCell align="right" sx={numeric}>
                  <BillAmount cents={line.amount} isCharged inColumn />
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
                  <BillAmount cents={amount} isCharged inColumn />
                </TableCell>
              </TableRow>
            ))}
        </TableBody>
        {!bill.nextCursor && (
          <TableFooter>
            <TableRow>
              <TableCell component="th" scope="row" sx={sum}>
                <strong>Total</strong>
              </TableCell>
              <TableCell align="right" sx={{ ...sum, ...numeric }}>
                <strong>{formatUsd(bill.total)}</strong>
              </TableCell>
            </TableRow>
          </TableFooter>
        )}
      </Table>
      {shared.services.length > 0 && (
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1 }}>
          {shared.explanation}
        </Typography>
      )}
    </TableContainer>
  );
}
