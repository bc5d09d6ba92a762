import { useId, useMemo, type ReactNode } from 'react';
import { useSearchParams } from 'react-router-dom';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  EmptyState,
  ErrorState,
  LoadingState,
  useNow,
} from '@forkyard/frontend-kit';
import type {
  Deployment,
  EnvironmentStatus,
} from '@forkyard/plugin-deployments-common';
import {
  useDeploymentHistory,
  type DeploymentHistory,
} from '../../hooks/useDeploymentHistory';
import { dailyCounts } from '../../presentation/dailyCounts';
import { groupByDay } from '../../presentation/groupByDay';
import { DeploymentChart } from '../DeploymentChart';
import { DeploymentRow } from './DeploymentRow';
import { readFilter } from './timelineFilter';
import { TimelineFilters } from './TimelineFilters';

/** Shows what was deployed when, newest first, with older ones on request. */
export function DeploymentTimeline(props: {
  entityRef: string;
  environments: EnvironmentStatus[];
  renderActions: (deployment: Deployment) => ReactNode;
}) {
  const titleId = useId();
  const [search, setSearch] = useSearchParams();
  const { environment, states } = readFilter(search);
  const history = useDeploymentHistory(props.entityRef, {
    environment,
    states,
  });
  const filtered = Boolean(environment || states);
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Stack
        direction="row"
        useFlexGap
        spacing={2}
        sx={{ flexWrap: 'wrap', alignItems: 'center', mb: 2 }}
      >
        <Typography id={titleId} variant="h2" sx={{ m: 0, flexGrow: 1 }}>
          Timeline
        </Typography>
        <TimelineFilters
          environments={props.environments.map(({ environment: name }) => name)}
        />
      </Stack>
      {history.waiting > 0 && (
        <Button size="small" variant="outlined" onClick={history.showWaiting}>
          Show {history.waiting} new{' '}
          {history.waiting === 1 ? 'deployment' : 'deployments'}
        </Button>
      )}
      <TimelineBody
        history={history}
        filtered={filtered}
        environments={props.environments}
        onClearFilter={() => setSearch({}, { replace: true })}
        renderActions={props.renderActions}
      />
    </Box>
  );
}

function TimelineBody(props: {
  history: DeploymentHistory;
  environments: EnvironmentStatus[];
  filtered: boolean;
  onClearFilter: () => void;
  renderActions: (deployment: Deployment) => ReactNode;
}) {
  const { history } = props;
  const { deployments, error } = history;
  if (history.loading) {
    return <LoadingState label="Loading deployments" rows={5} rowHeight={48} />;
  }
  if (error && deployments.length === 0) {
    return (
      <ErrorState
        title="The deployments could not be loaded"
        error={error}
        onRetry={history.refresh}
      />
    );
  }
  if (deployments.length === 0) {
    return props.filtered ? (
      <EmptyState
        title="No deployment matches"
        description="None of this component's deployments is in this environment and state."
        action={<Button onClick={props.onClearFilter}>Clear the filter</Button>}
      />
    ) : (
      <EmptyState
        title="No deployment yet"
        description="A push to the repository makes the first one; it appears here by itself."
      />
    );
  }
  return <Days {...props} />;
}

function Days(props: {
  history: DeploymentHistory;
  environments: EnvironmentStatus[];
  renderActions: (deployment: Deployment) => ReactNode;
}) {
  const { history } = props;
  const now = useNow();
  const { deployments, hasOlder } = history;
  const counts = useMemo(
    () => dailyCounts(deployments, { now, partial: hasOlder }),
    [deployments, hasOlder, now],
  );
  return (
    <Stack spacing={3}>
      {counts.length > 1 && <DeploymentChart counts={counts} />}
      {groupByDay(deployments, now).map(day => (
        <section key={day.day} aria-labelledby={`day-${day.day}`}>
          <Typography id={`day-${day.day}`} variant="h3" sx={{ m: 0 }}>
            {day.title}
          </Typography>
          <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
            {day.deployments.map(deployment => (
              <DeploymentRow
                key={deployment.id}
                deployment={deployment}
                environment={props.environments.find(
                  ({ environment }) => environment === deployment.environment,
                )}
                actions={props.renderActions(deployment)}
              />
            ))}
          </Box>
        </section>
      ))}
      {history.olderError && (
        <ErrorState
          compact
          title="Older deployments could not be loaded"
          error={history.olderError}
          onRetry={history.showOlder}
        />
      )}
      {hasOlder && !history.olderError && (
        <Button
          variant="outlined"
          sx={{ alignSelf: 'center' }}
          disabled={history.loadingOlder}
          onClick={history.showOlder}
        >
          {history.loadingOlder ? 'Loading older deployments' : 'Show older'}
        </Button>
      )}
    </Stack>
  );
}
