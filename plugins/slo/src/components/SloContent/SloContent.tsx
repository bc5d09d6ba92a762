import { useMemo, useState } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { useApi } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import Alert from '@mui/material/Alert';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import {
  ChartGroup,
  DeniedState,
  describeError,
  ErrorState,
  LoadingState,
  StatusBadge,
  useMay,
} from '@forkyard/frontend-kit';
import {
  sloReadPermission,
  worstFirst,
  type EntitySlos,
} from '@forkyard/plugin-slo-common';
import { sloApiRef } from '../../api/apiRefs';
import { useAlerts } from '../../hooks/useAlerts';
import { useDeploymentMarks } from '../../hooks/useDeploymentMarks';
import { useEntitySlos } from '../../hooks/useEntitySlos';
import { alertMarks } from '../../presentation/chartMarks';
import { answerForAll } from '../../presentation/sloWords';
import { BudgetPanel } from '../BudgetPanel';
import { FileProblems } from '../FileProblems';
import { FiringAlerts } from '../FiringAlerts';
import { FreshnessNote } from '../FreshnessNote';
import { SloList } from '../SloList';
import { TrafficCharts } from '../TrafficCharts';
import { NoSlos } from './NoSlos';

/** The tab "SLOs": is what was promised kept, and what burns the error budget? */
export function SloContent() {
  const { entity } = useEntity();
  const entityRef = stringifyEntityRef(entity);
  if (!useMay(sloReadPermission, entityRef)) {
    return (
      <DeniedState
        title="You may not see these SLOs"
        action={`Ask the owner of ${entity.metadata.title ?? entity.metadata.name} for access.`}
      />
    );
  }
  // With the key, nothing of another entity stays while this one's loads.
  return <Slos key={entityRef} entityRef={entityRef} />;
}

function Slos({ entityRef }: { entityRef: string }) {
  const { value: slos, error, refresh } = useEntitySlos(entityRef);
  if (!slos) {
    return error ? (
      <ErrorState
        title="The SLOs could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading SLOs" rows={4} rowHeight={80} />
    );
  }
  return (
    <Loaded entityRef={entityRef} slos={slos} error={error} onAsked={refresh} />
  );
}

function Loaded(props: {
  entityRef: string;
  slos: EntitySlos;
  error?: Error;
  onAsked: () => void;
}) {
  const { entityRef, slos, error } = props;
  const api = useApi(sloApiRef);
  const [chosenId, setChosenId] = useState<string>();
  const alerts = useAlerts(entityRef);
  const deployments = useDeploymentMarks(entityRef);
  const marks = useMemo(
    () => [...deployments.marks, ...alertMarks(alerts.value?.newest ?? [])],
    [deployments.marks, alerts.value],
  );
  const ordered = worstFirst(slos.items);
  const chosen = ordered.find(({ id }) => id === chosenId) ?? ordered[0];
  const summary = answerForAll(slos.items);
  async function askAgain() {
    await api.refresh({ entityRef });
    props.onAsked();
  }
  return (
    <Stack spacing={2}>
      {chosen && (
        <Stack
          direction="row"
          spacing={1.5}
          useFlexGap
          role="status"
          sx={{ flexWrap: 'wrap', alignItems: 'center' }}
        >
          <StatusBadge status={summary.status} size="medium" />
          <Typography>{summary.sentence}</Typography>
        </Stack>
      )}
      {(chosen || slos.staleReason || error) && (
        <FreshnessNote slos={slos} error={error} onAskAgain={askAgain} />
      )}
      <FiringAlerts alerts={alerts.value?.firing ?? []} />
      {alerts.error && (
        <Alert severity="warning">
          Whether an alert fires is not known:{' '}
          {describeError(alerts.error).message}
        </Alert>
      )}
      <FileProblems
        problems={slos.fileProblems}
        lastGood={slos.items.length > 0}
      />
      {!chosen && slos.fileProblems.length === 0 && (
        <NoSlos onReadAgain={askAgain} />
      )}
      <ChartGroup>
        <Stack spacing={2}>
          {chosen && (
            <>
              <SloList
                slos={ordered}
                chosen={chosen}
                onChoose={({ id }) => setChosenId(id)}
              />
              <BudgetPanel key={chosen.id} slo={chosen} marks={marks} />
            </>
          )}
          <TrafficCharts
            entityRef={entityRef}
            slos={slos.items}
            marks={marks}
            marksError={deployments.error}
          />
        </Stack>
      </ChartGroup>
    </Stack>
  );
}
