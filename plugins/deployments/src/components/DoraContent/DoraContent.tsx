import { useMemo, useState } from 'react';
import { useEntity } from '@backstage/plugin-catalog-react';
import Stack from '@mui/material/Stack';
import {
  DeniedState,
  EmptyState,
  ErrorState,
  LoadingState,
  useMay,
} from '@forkyard/frontend-kit';
import {
  deploymentReadPermission,
  type DoraDays,
  type DoraMetricName,
  type DoraScope,
} from '@forkyard/plugin-deployments-common';
import { useDoraReport } from '../../hooks/useDoraReport';
import { doraScopeOf } from '../../presentation/doraScope';
import { DoraChangeTable } from './DoraChangeTable';
import { DoraCharts } from './DoraCharts';
import { DoraHeader } from './DoraHeader';
import { DoraTiles } from './DoraTiles';

/** The tab "Delivery performance": how fast and how safely changes reach users. */
export function DoraContent() {
  const { entity } = useEntity();
  const scope = useMemo(() => doraScopeOf(entity), [entity]);
  return scope.entityRef ? (
    <OfEntity entityRef={scope.entityRef} scope={scope} />
  ) : (
    <Delivery scope={scope} />
  );
}

/** Of teams and systems the backend shows only what the reader may see. */
function OfEntity(props: { entityRef: string; scope: DoraScope }) {
  if (!useMay(deploymentReadPermission, props.entityRef)) {
    return (
      <DeniedState
        title="You may not see these deployments"
        action="Ask the owner for access."
      />
    );
  }
  return <Delivery scope={props.scope} />;
}

function Delivery({ scope }: { scope: DoraScope }) {
  const [days, setDays] = useState<DoraDays>(30);
  const [metric, setMetric] = useState<DoraMetricName>('deployment-frequency');
  const { value: report, error, loading, refresh } = useDoraReport(scope, days);
  if (!report) {
    return error ? (
      <ErrorState
        title="How well is delivered could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState
        label="Loading delivery performance"
        rows={4}
        rowHeight={80}
      />
    );
  }
  if (report.entities === 0) {
    return (
      <EmptyState
        title="Nothing has had production's traffic yet"
        description={
          scope.entityRef
            ? 'How often, how quickly and how safely it is deployed appears here by itself, from the first deployment to production on.'
            : 'What belongs here, and you may see, appears by itself once it is deployed to production.'
        }
      />
    );
  }
  return (
    <Stack spacing={3} sx={{ maxWidth: 1400 }}>
      <DoraHeader
        report={report}
        days={days}
        onDays={setDays}
        loading={loading}
        error={error}
      />
      <DoraTiles report={report} chosen={metric} onChoose={setMetric} />
      <DoraCharts report={report} />
      <DoraChangeTable scope={scope} days={days} metric={metric} />
    </Stack>
  );
}
