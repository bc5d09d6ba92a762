import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  describeError,
  EmptyState,
  ErrorState,
  LoadingState,
  RatioBar,
  RelativeTime,
  useMay,
  useNow,
} from '@forkyard/frontend-kit';
import {
  sloReadPermission,
  worstFirst,
  type EntitySlos,
  type Slo,
} from '@forkyard/plugin-slo-common';
import { useEntitySlos } from '../../hooks/useEntitySlos';
import { sloFilePath } from '../../presentation/isMeasuredEntity';
import {
  budgetTrend,
  formatBudget,
  formatObjective,
  formatRatio,
  sloStatuses,
} from '../../presentation/sloWords';
import { entityContentRouteRef } from '../../routes';

const shownSlos = 3;

/** The card of the overview: how much of each error budget is left, and how long it lasts. */
export function ErrorBudgetCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const tab = useRouteRef(entityContentRouteRef);
  const mayRead = useMay(sloReadPermission, entityRef);
  return (
    <EntityInfoCard
      title="Error budget"
      headerActions={tab && <Link to={tab()}>All SLOs</Link>}
    >
      {mayRead ? (
        <CardBody entityRef={entityRef} path={sloFilePath(entity)} />
      ) : (
        <DeniedState compact title="You may not see these SLOs" />
      )}
    </EntityInfoCard>
  );
}

function CardBody(props: { entityRef: string; path: string }) {
  const { value: slos, error, refresh } = useEntitySlos(props.entityRef);
  if (!slos) {
    return error ? (
      <ErrorState
        compact
        title="The error budget could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the error budget" />
    );
  }
  if (slos.items.length === 0) {
    return (
      <EmptyState
        compact
        title={
          slos.fileProblems.length > 0
            ? `${props.path} has mistakes, so no SLO is in force`
            : `SLOs appear when ${props.path} is in the repository`
        }
        description={slos.staleReason}
      />
    );
  }
  return <Budgets slos={slos} error={error} />;
}

function Budgets(props: { slos: EntitySlos; error?: Error }) {
  const { slos, error } = props;
  const ordered = worstFirst(slos.items);
  const more = ordered.length - shownSlos;
  const stale = error ? describeError(error).message : slos.staleReason;
  return (
    <Stack spacing={1.5}>
      {ordered.slice(0, shownSlos).map(slo => (
        <Budget key={slo.id} slo={slo} />
      ))}
      <Typography variant="caption" color="text.secondary">
        {more > 0 && `And ${more} more. `}
        {slos.asOf ? (
          <>
            As of <RelativeTime at={slos.asOf} />
          </>
        ) : (
          'Nothing was computed yet'
        )}
        {stale && `: ${stale}`}
      </Typography>
    </Stack>
  );
}

function Budget({ slo }: { slo: Slo }) {
  const now = useNow();
  const left = slo.budgetRemainingRatio;
  const measured =
    slo.ratio === undefined
      ? 'nothing was measured yet'
      : `${formatRatio(slo, slo.ratio)} of ${formatObjective(slo)}`;
  return (
    <RatioBar
      label={slo.title}
      ratio={left}
      status={sloStatuses[slo.status]}
      value={valueOf(left)}
      trend={[measured, budgetTrend(slo, now)].filter(Boolean).join(', ')}
    />
  );
}

function valueOf(left: number | undefined): string {
  if (left === undefined) return '';
  return left < 0 ? 'overspent' : `${formatBudget(left)} left`;
}
