import type { ReactNode } from 'react';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';

/** Lays out a state that stands where content would be. */
export function StateFrame(props: {
  icon?: ReactNode;
  title: string;
  role?: 'alert' | 'status';
  compact?: boolean;
  children?: ReactNode;
}) {
  return (
    <Stack
      role={props.role}
      spacing={1}
      sx={{
        alignItems: 'flex-start',
        maxWidth: 640,
        py: props.compact ? 0.5 : 2,
      }}
    >
      <Stack direction="row" spacing={1} sx={{ alignItems: 'center' }}>
        {props.icon}
        <Typography
          component="p"
          variant={props.compact ? 'subtitle1' : 'h6'}
          sx={{ m: 0, overflowWrap: 'anywhere' }}
        >
          {props.title}
        </Typography>
      </Stack>
      {props.children}
    </Stack>
  );
}
