import Alert from '@mui/material/Alert';
import { RelativeTime, useNow } from '@forkyard/frontend-kit';
import {
  actorName,
  type RolloutDetail,
} from '@forkyard/plugin-deployments-common';
import { describeAskedFor, findAskedFor } from '../../presentation/askedFor';

/** Says what a person asked for, from the moment they did until it is so. */
export function AskedNote({ rollout }: { rollout: RolloutDetail }) {
  const asked = findAskedFor(rollout);
  const now = useNow({ intervalMs: 1_000, enabled: Boolean(asked) });
  const words = asked && describeAskedFor(asked, now);
  return (
    <div role="status">
      {asked && words && (
        <Alert severity="info" role="none">
          {actorName(asked.actor)} {words.asked} <RelativeTime at={asked.at} />.{' '}
          {words.effect}
        </Alert>
      )}
    </div>
  );
}
