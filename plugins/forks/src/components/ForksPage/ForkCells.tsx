import { Link as RouterLink } from 'react-router-dom';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import {
  CopyableCode,
  RelativeTime,
  shortSha,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { Fork } from '@forkyard/plugin-forks-common';
import { useForkAddress } from '../../hooks/useAddresses';
import { DeploysSparkline } from './DeploysSparkline';

/** Names a fork and leads to its page. */
export function ForkName({ fork }: { fork: Fork }) {
  const address = useForkAddress()(fork);
  return (
    <>
      {address ? (
        <Link
          component={RouterLink}
          to={address}
          data-fork-link
          sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}
        >
          {fork.name}
        </Link>
      ) : (
        <strong>{fork.name}</strong>
      )}
      {fork.title !== fork.name && (
        <Typography variant="body2" color="text.secondary">
          {fork.title}
        </Typography>
      )}
    </>
  );
}

/** Says how a fork is; when it is not healthy, also why. */
export function ForkStatus({ fork }: { fork: Fork }) {
  if (fork.status === 'healthy') {
    return <StatusBadge status={fork.status} reason={fork.statusReason} />;
  }
  return (
    <>
      <StatusBadge status={fork.status} />
      <Typography
        variant="body2"
        color="text.secondary"
        title={fork.statusReason}
        sx={{
          minWidth: { xs: 180, md: 120, xl: 180 },
          maxWidth: 240,
          overflowWrap: 'anywhere',
          // A long reason is whole on the fork's own page.
          display: '-webkit-box',
          WebkitLineClamp: '3',
          WebkitBoxOrient: 'vertical',
          overflow: 'hidden',
        }}
      >
        {fork.statusReason}
      </Typography>
    </>
  );
}

/** Shows what production serves, and since when. */
export function LiveVersion({ fork }: { fork: Fork }) {
  const { live } = fork;
  if (!live) {
    return (
      <Typography variant="body2" color="text.secondary">
        Nothing live yet
      </Typography>
    );
  }
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          columnGap: 1,
        }}
      >
        {live.sha && (
          <CopyableCode
            value={live.sha}
            display={shortSha(live.sha)}
            label="commit"
          />
        )}
        <RelativeTime at={live.since} />
        <DeploysSparkline fork={fork} />
      </Box>
      {live.message && (
        <Typography
          variant="body2"
          color="text.secondary"
          noWrap
          title={live.message}
          sx={{ maxWidth: { xs: 280, md: 150, lg: 190, xl: 280 } }}
        >
          {live.message}
        </Typography>
      )}
    </Box>
  );
}

/** Names who answers for a fork. */
export function ForkOwner({ fork }: { fork: Fork }) {
  return <EntityRefLink entityRef={fork.owner} defaultKind="group" hideIcon />;
}
