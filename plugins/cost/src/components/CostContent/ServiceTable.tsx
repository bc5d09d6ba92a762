import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableFooter from '@mui/material/TableFooter';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import {
  apportionCents,
  formatUsd,
  sumAmounts,
  type ServiceCost,
} from '@forkyard/plugin-cost-common';

const numeric = { fontVariantNumeric: 'tabular-nums' };

/** Lists this month's services, rounded so that they sum to what is shown. */
export function ServiceTable(props: { byService: ServiceCost[] }) {
  const { byService } = props;
  const amounts = byService.map(({ amount }) => amount);
  const cents = apportionCents(amounts);
  const total = sumAmounts(amounts);
  return (
    <Table
      size="small"
      aria-label="Cost by service"
      sx={{ maxWidth: 720, '& thead th': { whiteSpace: 'nowrap' } }}
    >
      <TableHead>
        <TableRow>
          <TableCell>Service</TableCell>
          <TableCell align="right">This month</TableCell>
          <TableCell align="right">Share</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {byService.map(({ service, amount }, index) => (
          <TableRow key={service}>
            <TableCell component="th" scope="row">
              {service}
            </TableCell>
            <TableCell align="right" sx={numeric}>
              {formatUsd(cents[index] === '0.00' ? amount : cents[index])}
            </TableCell>
            <TableCell align="right" sx={numeric}>
              {share(amount, total)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
      <TableFooter>
        <TableRow>
          <TableCell component="th" scope="row">
            Together
          </TableCell>
          <TableCell align="right" sx={numeric}>
            {formatUsd(total)}
          </TableCell>
          <TableCell />
        </TableRow>
      </TableFooter>
    </Table>
  );
}

/** A share of nothing, or of a sum that credits made negative, says nothing. */
function share(amount: string, total: string): string {
  return Number(total) > 0
    ? `${Math.round((Number(amount) / Number(total)) * 100)} %`
    : '';
}
