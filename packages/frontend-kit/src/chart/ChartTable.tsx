import { useState } from 'react';
import Box from '@mui/material/Box';

/** Cells of the table behind a chart, formatted. */
export interface ChartTableContent {
  /** What the rows are of: "Time", "Day". */
  rowHeading: string;
  columns: string[];
  rows: Array<{ heading: string; cells: Array<string | undefined> }>;
  /** What happened meanwhile, in sentences. */
  notes: string[];
}

/** Says in a table what the chart draws. Built when it is opened, because it may be long. */
export function ChartTable(props: {
  title: string;
  content: () => ChartTableContent;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Box
      component="details"
      onToggle={event => setOpen(event.currentTarget.open)}
      sx={{ typography: 'caption', color: 'text.secondary' }}
    >
      <Box component="summary" sx={{ cursor: 'pointer', width: 'fit-content' }}>
        Show as table
      </Box>
      {open && <Content title={props.title} content={props.content()} />}
    </Box>
  );
}

function Content(props: { title: string; content: ChartTableContent }) {
  const { title, content } = props;
  return (
    <Box
      role="region"
      aria-label={`${title}, as a table`}
      tabIndex={0}
      sx={{
        maxHeight: 280,
        overflow: 'auto',
        mt: 0.5,
        '& table': {
          borderCollapse: 'collapse',
          fontVariantNumeric: 'tabular-nums',
        },
        '& th, & td': {
          py: 0.25,
          pr: 3,
          fontWeight: 400,
          textAlign: 'left',
          whiteSpace: 'nowrap',
        },
        '& thead th': { fontWeight: 600 },
        '& td': { color: 'text.primary' },
      }}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">{content.rowHeading}</th>
            {content.columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {content.rows.map((row, index) => (
            <tr key={index}>
              <th scope="row">{row.heading}</th>
              {row.cells.map((cell, column) => (
                <td key={column}>{cell ?? 'unknown'}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {content.notes.length > 0 && (
        <Box component="ul" sx={{ m: 0, mt: 1, pl: 2 }}>
          {content.notes.map((note, index) => (
            <li key={index}>{note}</li>
          ))}
        </Box>
      )}
    </Box>
  );
}
