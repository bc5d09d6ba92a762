import { useMemo } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import { useSignalOrPoll, type ChartMark } from '@forkyard/frontend-kit';
import { deploymentsSignalChannel } from '@forkyard/plugin-deployments-common';
import { deploymentHistoryApiRef } from '../api/apiRefs';
import { deploymentMarks } from '../presentation/chartMarks';

/** Keeps the marks of what went live in production up to date. */
export function useDeploymentMarks(entityRef: string): {
  marks: ChartMark[];
  error?: Error;
} {
  const api = useApi(deploymentHistoryApiRef);
  const { value, error } = useSignalOrPoll({
    channel: deploymentsSignalChannel(entityRef),
    key: entityRef,
    load: signal =>
      api.listDeployments(
        { entityRef, environment: 'production', limit: 100 },
        { signal },
      ),
    pollMs: 30_000,
  });
  const marks = useMemo(() => deploymentMarks(value?.items ?? []), [value]);
  return { marks, error };
}
