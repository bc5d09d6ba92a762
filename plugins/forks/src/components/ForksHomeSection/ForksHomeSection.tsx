import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Paper from '@mui/material/Paper';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import {
  EmptyState,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import type { Fork, Provisioning } from '@forkyard/plugin-forks-common';
import {
  useForkAddress,
  useProvisioningAddress,
} from '../../hooks/useAddresses';
import { useHomeForks, type HomeForks } from '../../hooks/useHomeForks';
import { useOwnRefs, type OwnRefs } from '../../hooks/useOwnRefs';
import { rootRouteRef } from '../../routes';
import { ForkAnApplicationButton } from '../ForkAnApplicationButton';
import {
  describeProvisioning,
  provisioningStatuses,
} from '../ProvisioningPage/describeProvisioning';

/** Answers "what needs me" of the forks: failures, what runs, my own. */
export function ForksHomeSection() {
  const ownRefs = useOwnRefs();
  return (
    <Paper
      component="section"
      aria-label="Forks"
      variant="outlined"
      sx={{ p: 2 }}
    >
      {ownRefs ? (
        <Loaded ownRefs={ownRefs} />
      ) : (
        <LoadingState label="Loading your forks" />
      )}
    </Paper>
  );
}

function Loaded({ ownRefs }: { ownRefs: OwnRefs }) {
  const { value, error, refresh } = useHomeForks(ownRefs);
  if (!value) {
    return error ? (
      <ErrorState
        compact
        title="Your forks could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading your forks" />
    );
  }
  const { stopped, running, troubled, others } = value;
  if (![stopped, running, troubled, others].some(list => list.length > 0)) {
    return (
      <EmptyState
        compact
        title="You have no forks yet"
        description="Make your own running product from a base application: a repository, a URL and a catalog page, in under a minute."
        action={<ForkAnApplicationButton />}
      />
    );
  }
  return <Groups forks={value} />;
}

function Groups({ forks }: { forks: HomeForks }) {
  const { stopped, running, troubled, others, total } = forks;
  const allForks = useRouteRef(rootRouteRef)?.();
  return (
    <Stack spacing={3}>
      <Group title="Needs you" empty="No fork of yours is in trouble.">
        {stopped.map(provisioning => (
          <ProvisioningItem key={provisioning.id} provisioning={provisioning} />
        ))}
        {troubled.map(fork => (
          <ForkItem key={fork.name} fork={fork} withReason />
        ))}
      </Group>
      {running.length > 0 && (
        <Group title="In progress">
          {running.map(provisioning => (
            <ProvisioningItem
              key={provisioning.id}
              provisioning={provisioning}
            />
          ))}
        </Group>
      )}
      {others.length > 0 && (
        <Group title="Your forks">
          {others.map(fork => (
            <ForkItem key={fork.name} fork={fork} />
          ))}
        </Group>
      )}
      {allForks && (
        <Link component={RouterLink} to={`${allForks}?owner=mine`}>
          {total === 1
            ? 'Your fork in the list'
            : `All ${total} forks of yours`}
        </Link>
      )}
    </Stack>
  );
}

function Group(props: {
  title: string;
  /** Said when there is nothing; without it the group needs children. */
  empty?: string;
  children: ReactNode[] | ReactNode[][];
}) {
  const isEmpty = props.children.flat().length === 0;
  return (
    <Stack spacing={1}>
      <Typography variant="h6" component="h2" sx={{ m: 0 }}>
        {props.title}
      </Typography>
      {isEmpty ? (
        <Typography color="text.secondary">{props.empty}</Typography>
      ) : (
        <Box
          component="ul"
          aria-label={props.title}
          sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1 }}
        >
          {props.children}
        </Box>
      )}
    </Stack>
  );
}

function ProvisioningItem({ provisioning }: { provisioning: Provisioning }) {
  const address = useProvisioningAddress()(provisioning.id);
  const { status, label } = provisioningStatuses[provisioning.state];
  return (
    <Item
      badge={<StatusBadge status={status} label={label} />}
      name={provisioning.forkName}
      address={address}
    >
      {describeProvisioning(provisioning)},{' '}
      <RelativeTime at={provisioning.updatedAt} />
    </Item>
  );
}

function ForkItem({ fork, withReason }: { fork: Fork; withReason?: boolean }) {
  const address = useForkAddress()(fork);
  return (
    <Item
      badge={<StatusBadge status={fork.status} reason={fork.statusReason} />}
      name={fork.name}
      address={address}
    >
      {withReason && `${fork.statusReason}, `}
      {!withReason && fork.live && 'went live '}
      <RelativeTime
        at={
          withReason ? fork.statusSince : (fork.live?.since ?? fork.createdAt)
        }
      />
    </Item>
  );
}

function Item(props: {
  badge: ReactNode;
  name: string;
  address?: string;
  children: ReactNode;
}) {
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        alignItems: 'center',
        columnGap: 2,
        gridTemplateColumns: { xs: '1fr', sm: '150px minmax(0, 1fr)' },
      }}
    >
      {props.badge}
      <Box sx={{ overflowWrap: 'anywhere' }}>
        {props.address ? (
          <Link
            component={RouterLink}
            to={props.address}
            sx={{ fontWeight: 600 }}
          >
            {props.name}
          </Link>
        ) : (
          <strong>{props.name}</strong>
        )}{' '}
        <Typography component="span" variant="body2" color="text.secondary">
          {props.children}
        </Typography>
      </Box>
    </Box>
  );
}
