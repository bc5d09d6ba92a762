import Skeleton from '@mui/material/Skeleton';
import Stack from '@mui/material/Stack';
import { visuallyHidden } from '@mui/utils';

/**
 * Holds the place of content that is on its way, and tells a screen reader so.
 *
 * @public
 */
export function LoadingState(props: {
  /** What is loading, for example "Loading forks". */
  label: string;
  rows?: number;
  rowHeight?: number;
}) {
  const { rows = 3, rowHeight = 32 } = props;
  return (
    <Stack role="status" aria-busy spacing={1} sx={{ p: 1 }}>
      <span style={visuallyHidden}>{props.label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton
          key={index}
          aria-hidden
          variant="rounded"
          height={rowHeight}
          width={index === rows - 1 ? '60%' : '100%'}
        />
      ))}
    </Stack>
  );
}
