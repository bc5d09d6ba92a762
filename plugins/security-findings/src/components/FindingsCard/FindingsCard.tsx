import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  DeniedState,
  describeError,
  ErrorState,
  LoadingState,
  RelativeTime,
  StatusBadge,
} from '@forkyard/frontend-kit';
import {
  FINDING_SEVERITIES,
  type EntityFindingsSummary,
} from '@forkyard/plugin-security-findings-common';
import { useFindingPermissions } from '../../hooks/useFindingPermissions';
import { useFindingsSummary } from '../../hooks/useFindingsSummary';
import { answerOf, severityTitles } from '../../presentation/findingWords';
import { entityContentRouteRef } from '../../routes';

/** The card of the overview: what is open, what is overdue, and how old that is. */
export function FindingsCard() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  const tab = useRouteRef(entityContentRouteRef);
  const { mayRead } = useFindingPermissions(entityRef);
  return (
    <EntityInfoCard
      title="Findings"
      headerActions={tab && <Link to={tab()}>All findings</Link>}
    >
      {mayRead ? (
        <CardBody entityRef={entityRef} />
      ) : (
        <DeniedState compact title="You may not see these findings" />
      )}
    </EntityInfoCard>
  );
}

function CardBody(props: { entityRef: string }) {
  const {
    value: summary,
    error,
    refresh,
  } = useFindingsSummary(props.entityRef);
  if (!summary) {
    return error ? (
      <ErrorState
        compact
        title="The findings could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading findings" />
    );
  }
  const answer = answerOf(summary);
  const failing = summary.sources.filter(
    ({ condition }) => condition === 'failing' || condition === 'unconfirmed',
  );
  return (
    <Stack spacing={1.5}>
      <Stack
        direction="row"
        spacing={1}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <StatusBadge
          size="medium"
          status={answer.status}
          label={answer.label}
        />
        <Typography variant="body2">{answer.sentence}</Typography>
      </Stack>
      <Counts summary={summary} />
      <Typography variant="caption" color="text.secondary">
        {summary.asOf ? (
          <>
            As of <RelativeTime at={summary.asOf} />
          </>
        ) : (
          'No source has been read yet'
        )}
        {failing.length > 0 &&
          `; not up to date: ${failing.length} of ${summary.sources.length} sources`}
        {error && `; ${describeError(error).message}`}
      </Typography>
    </Stack>
  );
}

/** One figure for each severity; zero is said, because it is the good news. */
function Counts({ summary }: { summary: EntityFindingsSummary }) {
  if (!summary.asOf) return undefined;
  return (
    <Box
      component="dl"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        gap: 2,
        m: 0,
        '& dt': { typography: 'caption', color: 'text.secondary' },
        '& dd': { m: 0, typography: 'h6', fontVariantNumeric: 'tabular-nums' },
      }}
    >
      {FINDING_SEVERITIES.filter(
        severity => severity !== 'unknown' || summary.open.unknown > 0,
      ).map(severity => (
        <div key={severity}>
          <dt>{severityTitles[severity]}</dt>
          <dd>{summary.open[severity]}</dd>
        </div>
      ))}
      <div>
        <dt>Overdue</dt>
        <dd>{summary.overdue}</dd>
      </div>
      {summary.waived > 0 && (
        <div>
          <dt>Waived</dt>
          <dd>{summary.waived}</dd>
        </div>
      )}
    </Box>
  );
}
