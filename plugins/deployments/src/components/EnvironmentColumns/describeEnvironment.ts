import type { Status } from '@forkyard/frontend-kit';
import type { EnvironmentStatus } from '@forkyard/plugin-deployments-common';
import { deploymentName } from '../../presentation/deploymentWords';
import { summarizeEnvironment } from '../../presentation/environmentSummary';
import {
  judgeByAlerts,
  type FiringAlerts,
} from '../../presentation/firingWords';

/**
 * Puts an environment in a status, its word and a sentence. The word claims no
 * more than what deployments tell: that it serves, not that it is healthy. It
 * does not say that either while an alert fires.
 */
export function describeEnvironment(
  environment: EnvironmentStatus,
  firing?: FiringAlerts,
): Description {
  return judgeByAlerts(describe(environment), firing);
}

interface Description {
  status: Status;
  label?: string;
  sentence: string;
}

function describe(environment: EnvironmentStatus): Description {
  const { latest } = environment;
  if (hasOnlyPreviews(environment) && latest?.state === 'ready') {
    return {
      status: 'healthy',
      label: 'Ready',
      sentence: `The newest preview, ${deploymentName(latest)}, is ready at a URL of its own.`,
    };
  }
  const summary = summarizeEnvironment(environment);
  return summary.status === 'healthy'
    ? { ...summary, label: 'Serving' }
    : summary;
}

/** Tells the environment in which nothing is live, because each deployment has a URL of its own. */
export function hasOnlyPreviews({
  environment,
  live,
}: EnvironmentStatus): boolean {
  return environment === 'preview' && !live;
}
