import { shortSha, type ChartMark } from '@forkyard/frontend-kit';
import type { Deployment } from '@forkyard/plugin-deployments-common';
import type { SloAlert } from '@forkyard/plugin-slo-common';

/** Marks when a deployment began to serve its environment. */
export function deploymentMarks(deployments: Deployment[]): ChartMark[] {
  return deployments.flatMap(deployment => {
    if (!deployment.liveSince) return [];
    const { commit } = deployment;
    const name = commit ? shortSha(commit.sha) : deployment.externalId;
    const message = commit?.message ? `: ${commit.message}` : '';
    return [
      {
        at: deployment.liveSince,
        kind: 'deployment' as const,
        label: `${name} went live${message}`,
      },
    ];
  });
}

/** Marks when an alert began to fire. */
export function alertMarks(alerts: SloAlert[]): ChartMark[] {
  return alerts.map(({ startsAt, summary }) => ({
    at: startsAt,
    kind: 'alert',
    label: summary,
  }));
}
