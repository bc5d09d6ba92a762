import { EntityRefLink } from '@backstage/plugin-catalog-react';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { formatUsd, type GroupCostItem } from '@forkyard/plugin-cost-common';
import { about, usd } from '../../presentation/costWords';
import { BudgetBar } from '../CostSummary';

const numeric = { fontVariantNumeric: 'tabular-nums' };

/** Lists what a team's entities cost, the highest first. */
export function GroupCostTable(props: { items: GroupCostItem[] }) {
  return (
    <TableContainer>
      <Table
        size="small"
        aria-label="Cost of the team's entities"
        sx={{ '& th, & td': { whiteSpace: 'nowrap' } }}
      >
        <TableHead>
          <TableRow>
            <TableCell>Name</TableCell>
            <TableCell align="right">This month</TableCell>
            <TableCell align="right">By the end</TableCell>
            <TableCell>Budget</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {props.items.map(item => (
            <ItemRow key={item.entityRef} item={item} />
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function ItemRow({ item }: { item: GroupCostItem }) {
  const { entityRef, title, amount, forecast, budget } = item;
  return (
    <TableRow>
      <TableCell component="th" scope="row">
        <EntityRefLink entityRef={entityRef} title={title} />
      </TableCell>
      <TableCell align="right" sx={numeric}>
        {amount ? formatUsd(amount) : 'Unknown'}
      </TableCell>
      <TableCell align="right" sx={numeric}>
        {forecast ? `about ${about(forecast)}` : 'Unknown'}
      </TableCell>
      <TableCell>
        {budget && amount ? (
          <BudgetBar
            compact
            spent={amount}
            forecast={forecast}
            budget={budget}
          />
        ) : (
          (budget && usd(budget)) || 'None'
        )}
      </TableCell>
    </TableRow>
  );
}
