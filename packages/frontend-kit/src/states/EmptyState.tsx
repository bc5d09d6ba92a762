import type { ReactNode } from 'react';
import Typography from '@mui/material/Typography';
import { StateFrame } from './StateFrame';

/**
 * Begins where nothing is yet: what will be here, and one button to start.
 *
 * @public
 */
export function EmptyState(props: {
  title: string;
  description?: ReactNode;
  /** The one button. */
  action?: ReactNode;
  compact?: boolean;
}) {
  return (
    <StateFrame title={props.title} compact={props.compact}>
      {props.description && (
        <Typography variant="body2" color="text.secondary">
          {props.description}
        </Typography>
      )}
      {props.action}
    </StateFrame>
  );
}
