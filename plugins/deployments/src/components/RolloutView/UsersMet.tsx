import Typography from '@mui/material/Typography';
import type {
  RolloutDetail,
  RolloutPoint,
} from '@forkyard/plugin-deployments-common';
import { countMet } from '../../presentation/rolloutSeries';
import { hasEnded } from '../../presentation/rolloutWords';

/** Says how many requests met the new version, and how many of them failed. */
export function UsersMet(props: {
  rollout: RolloutDetail;
  points: RolloutPoint[];
}) {
  const { rollout, points } = props;
  const met = countMet(rollout, points);
  if (!met) return undefined;
  if (met.requests === 0) {
    return (
      <Typography variant="body2">
        {hasEnded(rollout)
          ? 'No request of a user met the new version.'
          : 'No request of a user has met the new version yet.'}
      </Typography>
    );
  }
  const share = (met.errors / met.requests) * 100;
  return (
    <Typography variant="body2" sx={{ fontVariantNumeric: 'tabular-nums' }}>
      {hasEnded(rollout) && 'In the end '}
      <strong>{met.requests.toLocaleString()}</strong>{' '}
      {met.requests === 1 ? 'request' : 'requests'} of users met the new
      version; <strong>{met.errors.toLocaleString()}</strong> of them failed
      {met.errors > 0 &&
        ` (${share.toLocaleString(undefined, { maximumSignificantDigits: 2 })} %)`}
      .
    </Typography>
  );
}
