import type { ReactNode } from 'react';
import Box from '@mui/material/Box';

/** Lists what an action does, to what, and what it does not undo. */
export function Consequences(props: {
  items: { term: string; description: ReactNode }[];
}) {
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        typography: 'body2',
        '& dt': { fontWeight: 600 },
        '& dd': { m: 0, mb: 1.5, overflowWrap: 'anywhere' },
      }}
    >
      {props.items.map(({ term, description }) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{description}</dd>
        </div>
      ))}
    </Box>
  );
}
