import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router-dom';
import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  getCompoundEntityRef,
  RELATION_OWNED_BY,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import {
  EntityInfoCard,
  EntityRefLink,
  getEntityRelations,
  useEntity,
} from '@backstage/plugin-catalog-react';
import {
  CopyableCode,
  ErrorState,
  LoadingState,
  RelativeTime,
  shortSha,
  StatusBadge,
} from '@forkyard/frontend-kit';
import { ANNOTATION_BASE, type Fork } from '@forkyard/plugin-forks-common';
import { useFork } from '../../hooks/useFork';
import { useProvisioningAddress } from '../../hooks/useAddresses';
import { parseBase } from './parseBase';

/** Says of a fork how it is, what is live, what it was made from and whose it is. */
export function AboutForkCard() {
  const { entity } = useEntity();
  const { value, error, refresh } = useFork(entity.metadata.name);
  return (
    <EntityInfoCard title="About this fork">
      <Stack spacing={2}>
        {!value && !error && (
          <LoadingState label="Loading the fork" rows={4} rowHeight={20} />
        )}
        {!value && error && (
          <ErrorState
            compact
            title="The fork could not be loaded"
            error={error}
            onRetry={refresh}
          />
        )}
        {value?.fork && <StatusSentence fork={value.fork} />}
        {value && <Facts entity={entity} fork={value.fork} />}
      </Stack>
    </EntityInfoCard>
  );
}

function StatusSentence({ fork }: { fork: Fork }) {
  return (
    <Stack spacing={0.5}>
      <StatusBadge status={fork.status} size="medium" />
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {fork.statusReason} (<RelativeTime at={fork.statusSince} />)
      </Typography>
    </Stack>
  );
}

function Facts({ entity, fork }: { entity: Entity; fork?: Fork }) {
  const provisioningAddress = useProvisioningAddress();
  const base =
    fork?.base ?? parseBase(entity.metadata.annotations?.[ANNOTATION_BASE]);
  const provisioning = fork && provisioningAddress(fork.provisioningId);
  return (
    <Box
      component="dl"
      sx={{
        m: 0,
        display: 'grid',
        gridTemplateColumns: 'max-content minmax(0, 1fr)',
        columnGap: 2,
        rowGap: 1,
        alignItems: 'baseline',
        '& dt': { color: 'text.secondary' },
        '& dd': { m: 0, overflowWrap: 'anywhere' },
      }}
    >
      {fork?.live && (
        <Fact term="Live version">
          <LiveSentence live={fork.live} />
        </Fact>
      )}
      {fork?.productionUrl && (
        <Fact term="Production">
          <OutsideLink href={fork.productionUrl} />
        </Fact>
      )}
      {base && (
        <Fact term="Base">
          {base.repository}
          {base.sha && (
            <>
              {' @ '}
              <CopyableCode
                value={base.sha}
                display={shortSha(base.sha)}
                label="base commit"
              />
            </>
          )}
        </Fact>
      )}
      <Fact term="Owner">
        <Owners entity={entity} fork={fork} />
      </Fact>
      {fork?.repositoryUrl && (
        <Fact term="Repository">
          <OutsideLink href={fork.repositoryUrl} />
        </Fact>
      )}
      {fork && provisioning && (
        <Fact term="Created">
          <RelativeTime at={fork.createdAt} />
          {', '}
          <Link component={RouterLink} to={provisioning}>
            how it was created
          </Link>
        </Fact>
      )}
    </Box>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </>
  );
}

function LiveSentence({ live }: { live: NonNullable<Fork['live']> }) {
  return (
    <>
      {live.sha && (
        <CopyableCode
          value={live.sha}
          display={shortSha(live.sha)}
          label="commit"
        />
      )}{' '}
      {live.message && `"${live.message}" `}
      {live.author && `by ${live.author}, `}
      <RelativeTime at={live.since} />
    </>
  );
}

/** Takes the owner from the catalog, which is the truth about it. */
function Owners({ entity, fork }: { entity: Entity; fork?: Fork }) {
  const owners = getEntityRelations(entity, RELATION_OWNED_BY).map(ref =>
    stringifyEntityRef(ref),
  );
  const refs = owners.length > 0 ? owners : [fork?.owner].filter(isPresent);
  if (refs.length === 0) {
    const { name } = getCompoundEntityRef(entity);
    return <>Unknown: the catalog knows no owner of {name}</>;
  }
  return (
    <>
      {refs.map(ref => (
        <EntityRefLink key={ref} entityRef={ref} defaultKind="group" />
      ))}
    </>
  );
}

function OutsideLink({ href }: { href: string }) {
  return (
    <Link href={href} target="_blank" rel="noopener">
      {href.replace(/^https?:\/\//, '')}
    </Link>
  );
}

function isPresent<T>(value: T | undefined): value is T {
  return value !== undefined;
}
