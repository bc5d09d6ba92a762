import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import DownIcon from '@mui/icons-material/TrendingDown';
import SameIcon from '@mui/icons-material/TrendingFlat';
import UpIcon from '@mui/icons-material/TrendingUp';
import type { DoraMetric } from '@forkyard/plugin-deployments-common';
import { describeTrend, type Trend } from '../../presentation/doraWords';

const icons = { up: UpIcon, down: DownIcon, same: SameIcon };

/** Says how a figure compares with the period before: arrow, word and number. */
export function DoraTrend({ metric }: { metric: DoraMetric }) {
  const trend = describeTrend(metric);
  const Icon =
    trend.direction === 'unknown' ? undefined : icons[trend.direction];
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}
    >
      {Icon && (
        <Icon aria-hidden fontSize="small" sx={{ color: colorOf(trend) }} />
      )}
      <Typography variant="caption" component="span" color="text.secondary">
        {trend.text}
      </Typography>
    </Box>
  );
}

function colorOf({ judgement }: Trend): string {
  if (judgement === 'better') return 'success.main';
  return judgement === 'worse' ? 'error.main' : 'text.secondary';
}
