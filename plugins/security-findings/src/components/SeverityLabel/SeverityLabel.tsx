import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { FindingSeverity } from '@forkyard/plugin-security-findings-common';
import { severityTitles } from '../../presentation/findingWords';

/** Color, and how much of the mark is filled: worse is fuller. */
const marks: Record<FindingSeverity, { color: string; filled: number }> = {
  critical: { color: 'error.main', filled: 4 },
  high: { color: 'error.main', filled: 3 },
  medium: { color: 'warning.main', filled: 2 },
  low: { color: 'info.main', filled: 1 },
  unknown: { color: 'text.secondary', filled: 0 },
};

const steps = [1, 2, 3, 4];

/** Says how severe something is: word, length and color, never color alone. */
export function SeverityLabel({ severity }: { severity: FindingSeverity }) {
  const { color, filled } = marks[severity];
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 1 }}>
      <Box
        component="span"
        aria-hidden
        sx={{ display: 'inline-flex', alignItems: 'center', gap: '2px', color }}
      >
        {steps.map(step => (
          <Box
            key={step}
            component="span"
            sx={{
              width: 4,
              height: 12,
              border: 1,
              borderColor: step <= filled ? 'currentColor' : 'divider',
              bgcolor: step <= filled ? 'currentColor' : undefined,
            }}
          />
        ))}
      </Box>
      <Typography component="span" variant="body2" color="text.primary">
        {severityTitles[severity]}
      </Typography>
    </Box>
  );
}
