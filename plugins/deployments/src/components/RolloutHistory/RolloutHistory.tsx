import { useId, useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import {
  EmptyState,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import { actorName, type Rollout } from '@forkyard/plugin-deployments-common';
import type { DeploymentPermissions } from '../../hooks/useDeploymentPermissions';
import {
  useRolloutHistory,
  type RolloutHistory as History,
} from '../../hooks/useRolloutHistory';
import { environmentTitle } from '../../presentation/deploymentWords';
import {
  describeRollout,
  newVersion,
  rolloutName,
  strategyWords,
} from '../../presentation/rolloutWords';
import { CommitLine } from '../CommitLine';
import { LastRollout } from './LastRollout';

/** Says in a line how the last rollout ended; what it was, and those before it, are folded. */
export function RolloutHistory(props: {
  entityRef: string;
  permissions: DeploymentPermissions;
  onOpen: (id: string) => void;
  onChanged: () => void;
}) {
  const titleId = useId();
  const history = useRolloutHistory(props.entityRef);
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Typography id={titleId} variant="h2" sx={{ m: 0, mb: 1 }}>
        Past rollouts
      </Typography>
      <Body {...props} history={history} />
    </Box>
  );
}

function Body(props: {
  entityRef: string;
  history: History;
  permissions: DeploymentPermissions;
  onOpen: (id: string) => void;
  onChanged: () => void;
}) {
  const { history } = props;
  const [whole, setWhole] = useState(false);
  if (history.loading) return <LoadingState label="Loading past rollouts" />;
  if (history.error && history.rollouts.length === 0) {
    return (
      <ErrorState
        title="The past rollouts could not be loaded"
        error={history.error}
        onRetry={history.refresh}
      />
    );
  }
  if (history.rollouts.length === 0 && !history.hasOlder) {
    return (
      <EmptyState
        compact
        title="No rollout has ended yet"
        description="When forkyard.yaml in the repository asks for a canary or blue-green, each new version is rolled out step by step, and what came of it is kept here."
      />
    );
  }
  const [last, ...earlier] = history.rollouts;
  const more = (earlier.length > 0 || history.hasOlder) && (
    <Button size="small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
      {whole ? 'Hide earlier rollouts' : 'Show earlier rollouts'}
    </Button>
  );
  return (
    <>
      {last ? (
        <LastRollout {...props} key={last.id} rollout={last} more={more} />
      ) : (
        more
      )}
      {whole && (
        <Earlier rollouts={earlier} history={history} onOpen={props.onOpen} />
      )}
    </>
  );
}

function Earlier(props: {
  rollouts: Rollout[];
  history: History;
  onOpen: (id: string) => void;
}) {
  const { rollouts, history } = props;
  return (
    <>
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {rollouts.map(rollout => (
          <PastRollout
            key={rollout.id}
            rollout={rollout}
            onOpen={() => props.onOpen(rollout.id)}
          />
        ))}
      </Box>
      {history.older.error && (
        <ErrorState
          compact
          title="Older rollouts could not be loaded"
          error={history.older.error}
          onRetry={history.older.load}
        />
      )}
      {history.hasOlder && !history.older.error && (
        <Button
          size="small"
          variant="outlined"
          sx={{ mt: 1 }}
          disabled={history.older.loading}
          onClick={history.older.load}
        >
          {history.older.loading
            ? 'Loading older rollouts'
            : 'Show older rollouts'}
        </Button>
      )}
    </>
  );
}

function PastRollout(props: { rollout: Rollout; onOpen: () => void }) {
  const { rollout } = props;
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', sm: '112px minmax(0, 1fr) auto' },
        columnGap: 2,
        rowGap: 0.5,
        alignItems: 'center',
        py: 1,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <StatusBadge {...describeRollout(rollout)} />
      <Box sx={{ minWidth: 0 }}>
        <CommitLine deployment={newVersion(rollout)} />
        <Typography
          variant="body2"
          color="text.secondary"
          sx={{ overflowWrap: 'anywhere' }}
        >
          {strategyWords[rollout.plan.strategy]} to{' '}
          {environmentTitle(rollout.environment)},{' '}
          <RelativeTime at={rollout.endedAt ?? rollout.createdAt} />, by{' '}
          {actorName(rollout.createdBy)}. {rollout.reason}
        </Typography>
      </Box>
      <Button
        size="small"
        sx={{ justifySelf: 'start' }}
        aria-label={`Details of the rollout of ${rolloutName(rollout)}`}
        onClick={props.onOpen}
      >
        Details
      </Button>
    </Box>
  );
}
