import type { ComponentType } from 'react';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { SvgIconProps } from '@mui/material/SvgIcon';
import CheckIcon from '@mui/icons-material/Check';
import CloseIcon from '@mui/icons-material/Close';
import PriorityHighIcon from '@mui/icons-material/PriorityHigh';
import type { PlanCheck, PlanVerdict } from '@forkyard/plugin-forks-common';

const verdicts: Record<
  PlanVerdict,
  { word: string; color: string; Icon: ComponentType<SvgIconProps> }
> = {
  pass: { word: 'Passed', color: 'success.main', Icon: CheckIcon },
  warn: { word: 'Warning', color: 'warning.main', Icon: PriorityHighIcon },
  fail: { word: 'Failed', color: 'error.main', Icon: CloseIcon },
};

/** Lists checks with what was found and what to do about it. */
export function PlanChecks({ checks }: { checks: PlanCheck[] }) {
  return (
    <Box
      component="ul"
      aria-label="Checks"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
    >
      {checks.map(check => (
        <PlanCheckItem key={check.id} check={check} />
      ))}
    </Box>
  );
}

function PlanCheckItem({ check }: { check: PlanCheck }) {
  const { word, color, Icon } = verdicts[check.verdict];
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: '20px 64px minmax(0, 1fr)',
        columnGap: 1,
        alignItems: 'start',
      }}
    >
      <Icon aria-hidden fontSize="small" sx={{ color }} />
      <Typography variant="body2" color="text.secondary">
        {word}
      </Typography>
      <Box sx={{ overflowWrap: 'anywhere' }}>
        <Typography variant="body2">{check.message}</Typography>
        {check.action && (
          <Typography variant="body2" color="text.secondary">
            {check.action}
          </Typography>
        )}
      </Box>
    </Box>
  );
}
