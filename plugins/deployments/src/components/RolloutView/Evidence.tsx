import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { RatioBar } from '@forkyard/frontend-kit';
import type { Rollout, Verdict } from '@forkyard/plugin-deployments-common';
import {
  describeGood,
  describeHarm,
  describeMetric,
  requestsNeeded,
} from '../../presentation/verdictWords';
import { hasEnded } from '../../presentation/rolloutWords';

/** Shows how near the evidence is to its limits, and what it says in a sentence. */
export function Evidence({ rollout }: { rollout: Rollout }) {
  const { verdict } = rollout;
  if (!verdict) {
    return hasEnded(rollout) ? undefined : (
      <Typography variant="body2" color="text.secondary">
        No request has been judged yet: evidence is gathered once the new
        version gets traffic.
      </Typography>
    );
  }
  return (
    <Stack spacing={1} component="section" aria-label="Evidence">
      {!rollout.reason.includes(verdict.reason) && (
        <Typography sx={{ overflowWrap: 'anywhere' }}>
          {verdict.reason}
        </Typography>
      )}
      <Box
        sx={{
          display: 'grid',
          columnGap: 4,
          rowGap: 1.5,
          gridTemplateColumns:
            'repeat(auto-fit, minmax(min(280px, 100%), 1fr))',
        }}
      >
        <Meters verdict={verdict} rollout={rollout} />
      </Box>
      <Box
        component="ul"
        sx={{
          m: 0,
          pl: 2.5,
          typography: 'body2',
          color: 'text.secondary',
          fontVariantNumeric: 'tabular-nums',
        }}
      >
        {verdict.metrics.map(metric => (
          <li key={metric.metric}>
            {describeMetric(metric, rollout.slowerThanMilliseconds)}
          </li>
        ))}
      </Box>
    </Stack>
  );
}

function Meters(props: { verdict: Verdict; rollout: Rollout }) {
  const { verdict, rollout } = props;
  const ended = hasEnded(rollout);
  const harm = describeHarm(verdict);
  const good = describeGood(verdict, ended);
  const needed = requestsNeeded(verdict);
  return (
    <>
      <RatioBar
        label="Evidence of harm, towards an abort"
        ratio={harm.ratio}
        status={harm.status}
        statusLabel={harm.label}
        value={harm.value}
        trend={ended ? undefined : 'at 100 % it takes itself back'}
      />
      <RatioBar
        label="Evidence of good, towards promotion"
        ratio={good.ratio}
        status={good.status}
        statusLabel={good.label}
        value={good.value}
        trend={ended ? undefined : towardsPromotion(rollout, needed)}
      />
    </>
  );
}

function towardsPromotion(
  { percent }: Rollout,
  needed: number | undefined,
): string {
  if (needed !== undefined) {
    return `about ${needed.toLocaleString()} more requests of the new version are needed`;
  }
  return percent >= 100
    ? 'judged until the watch is over'
    : 'at 100 % it may get all traffic';
}
