import { useId, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

/** A named part of a rollout's view. */
export function Section(props: { title: string; children: ReactNode }) {
  const titleId = useId();
  return (
    <Box component="section" aria-labelledby={titleId} sx={{ minWidth: 0 }}>
      <Typography id={titleId} variant="h3" sx={{ m: 0, mb: 1 }}>
        {props.title}
      </Typography>
      {props.children}
    </Box>
  );
}
