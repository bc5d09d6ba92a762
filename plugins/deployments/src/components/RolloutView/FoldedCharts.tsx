import { useState, type ComponentProps } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { RolloutCharts } from './RolloutCharts';

/** The charts; on a phone on request, where they would hide what serves now. */
export function FoldedCharts(props: ComponentProps<typeof RolloutCharts>) {
  const isNarrow = useMediaQuery<Theme>(theme => theme.breakpoints.down('sm'));
  const [unfolded, setUnfolded] = useState(false);
  if (!isNarrow) return <RolloutCharts {...props} />;
  return (
    <Box>
      <Button
        size="small"
        aria-expanded={unfolded}
        onClick={() => setUnfolded(!unfolded)}
      >
        {unfolded ? 'Hide the charts' : 'Show the charts'}
      </Button>
      {unfolded && <RolloutCharts {...props} />}
    </Box>
  );
}
