import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { RelativeTime } from '@forkyard/frontend-kit';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import { safeUrl } from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';
import { DeploymentLink } from './DeploymentLink';

/** Shows what serves in an environment, since when, built by whom, and where. */
export function LiveDeployment(props: { environment: EnvironmentStatus }) {
  const { live, url } = props.environment;
  if (!live) {
    return (
      <Typography variant="body2" color="text.secondary">
        Nothing serves here.
      </Typography>
    );
  }
  const since = live.liveSince ?? live.readyAt;
  const by = live.commit?.author ?? live.creator;
  const address = safeUrl(url) ?? safeUrl(live.aliases[0]) ?? safeUrl(live.url);
  return (
    <Stack spacing={0.5}>
      <CommitLine deployment={live} />
      <Typography variant="body2" color="text.secondary">
        {by && `built by ${by}`}
        {by && since && ', '}
        {since && (
          <>
            live since <RelativeTime at={since} />
          </>
        )}
      </Typography>
      {address && <DeploymentLink address={address} />}
    </Stack>
  );
}
