import type { KeyboardEvent, MouseEvent } from 'react';
import { useNavigate } from 'react-router-dom';
import Paper from '@mui/material/Paper';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableContainer from '@mui/material/TableContainer';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TableSortLabel from '@mui/material/TableSortLabel';
import Typography from '@mui/material/Typography';
import type { Fork, ForkSortField } from '@forkyard/plugin-forks-common';
import { useForkAddress } from '../../hooks/useAddresses';
import type { ForkFilters } from '../../hooks/useForkFilters';
import { ForkName, ForkOwner, ForkStatus, LiveVersion } from './ForkCells';
import { moveFocus } from './moveFocus';
import {
  BudgetLeft,
  CostOfBudget,
  FiringAlerts,
  OpenCriticals,
} from './VitalsCells';

const columns: Array<{ label: string; sort?: ForkSortField }> = [
  { label: 'Fork', sort: 'name' },
  { label: 'Status', sort: 'status' },
  { label: 'Live version', sort: 'live' },
  { label: 'Budget left', sort: 'budget' },
  { label: 'Cost / budget', sort: 'cost' },
  { label: 'Criticals', sort: 'criticals' },
  { label: 'Alerts', sort: 'alerts' },
];

/** Lists forks in rows; arrow keys move between them, Enter opens. */
export function ForksTable(props: {
  forks: Fork[];
  filters: ForkFilters;
  onSort: (sort: ForkSortField) => void;
}) {
  const { forks, filters, onSort } = props;
  const navigate = useNavigate();
  const forkAddress = useForkAddress();

  function open(event: MouseEvent, fork: Fork) {
    const address = forkAddress(fork);
    if (!address || isControl(event.target) || hasSelection()) return;
    navigate(address);
  }

  return (
    <TableContainer component={Paper} variant="outlined">
      <Table
        size="small"
        aria-label="Forks"
        sx={{ '& td, & th': { px: { md: 1, xl: 2 } } }}
      >
        <TableHead>
          <TableRow>
            {columns.map(({ label, sort }) => (
              <TableCell
                key={label}
                sortDirection={filters.sort === sort ? filters.order : false}
              >
                {sort ? (
                  <TableSortLabel
                    active={filters.sort === sort}
                    direction={filters.sort === sort ? filters.order : 'asc'}
                    onClick={() => onSort(sort)}
                  >
                    {label}
                  </TableSortLabel>
                ) : (
                  label
                )}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody
          onKeyDown={(event: KeyboardEvent<HTMLElement>) => moveFocus(event)}
        >
          {forks.map(fork => (
            <TableRow
              key={fork.name}
              hover
              onClick={event => open(event, fork)}
              sx={{ cursor: 'pointer', verticalAlign: 'top' }}
            >
              <TableCell component="th" scope="row" sx={{ minWidth: 140 }}>
                <ForkName fork={fork} />
                <Typography variant="body2">
                  <ForkOwner fork={fork} />
                </Typography>
              </TableCell>
              <TableCell>
                <ForkStatus fork={fork} />
              </TableCell>
              <TableCell>
                <LiveVersion fork={fork} />
              </TableCell>
              <TableCell sx={{ minWidth: 136 }}>
                <BudgetLeft fork={fork} />
              </TableCell>
              <TableCell sx={{ minWidth: 164 }}>
                <CostOfBudget fork={fork} />
              </TableCell>
              <TableCell>
                <OpenCriticals fork={fork} />
              </TableCell>
              <TableCell>
                <FiringAlerts fork={fork} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function isControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button') !== null;
}

/** Whether the press ended a selection of text rather than meant the row. */
function hasSelection(): boolean {
  return Boolean(window.getSelection()?.toString());
}
