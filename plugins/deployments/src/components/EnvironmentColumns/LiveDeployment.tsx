import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import OpenIcon from '@mui/icons-material/OpenInNew';
import { RelativeTime } from '@forkyard/frontend-kit';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import { safeUrl } from '../../presentation/deploymentWords';
import { CommitLine } from '../CommitLine';

/** Shows what serves in an environment, since when, by whom, and where. */
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
        {since && (
          <>
            live since <RelativeTime at={since} />
          </>
        )}
        {by && ` by ${by}`}
      </Typography>
      {address && (
        <Link
          href={address}
          target="_blank"
          rel="noopener"
          variant="body2"
          sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5 }}
        >
          <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
            {new URL(address).host}
          </Box>
          <OpenIcon sx={{ fontSize: 14 }} titleAccess="opens in a new tab" />
        </Link>
      )}
    </Stack>
  );
}
