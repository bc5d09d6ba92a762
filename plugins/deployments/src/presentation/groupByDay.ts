import type { Deployment } from '@forkyard/plugin-deployments-common';

export interface DayOfDeployments {
  /** `2026-11-21` in the reader's zone. */
  day: string;
  title: string;
  deployments: Deployment[];
}

/** Groups deployments, newest first, by the reader's calendar day. */
export function groupByDay(
  deployments: Deployment[],
  now: Date,
): DayOfDeployments[] {
  const days = new Map<string, DayOfDeployments>();
  for (const deployment of deployments) {
    const at = new Date(deployment.createdAt);
    const day = dayKey(at);
    const group = days.get(day) ?? {
      day,
      title: dayTitle(at, now),
      deployments: [],
    };
    group.deployments.push(deployment);
    days.set(day, group);
  }
  return [...days.values()];
}

function dayKey(at: Date): string {
  const month = String(at.getMonth() + 1).padStart(2, '0');
  return `${at.getFullYear()}-${month}-${String(at.getDate()).padStart(2, '0')}`;
}

function dayTitle(at: Date, now: Date): string {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (dayKey(at) === dayKey(now)) return 'Today';
  if (dayKey(at) === dayKey(yesterday)) return 'Yesterday';
  return at.toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: at.getFullYear() === now.getFullYear() ? undefined : 'numeric',
  });
}
