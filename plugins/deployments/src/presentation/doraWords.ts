import type {
  DeliveryChange,
  DoraMetric,
  DoraMetricName,
} from '@forkyard/plugin-deployments-common';
import { formatDuration, type Status } from '@forkyard/frontend-kit';

const DAY_SECONDS = 86_400;

interface MetricWords {
  title: string;
  /** What it is, in one sentence. */
  meaning: string;
  /** Which deployments the table shows for it. */
  rows: string;
  higherIsBetter: boolean;
  /** Why there is no value. */
  unknown: string;
}

export const doraWords: Record<DoraMetricName, MetricWords> = {
  'deployment-frequency': {
    title: 'Deployment frequency',
    meaning: "Versions that got production's traffic, a week.",
    rows: 'All deployments',
    higherIsBetter: true,
    unknown: 'The traffic was followed for less than a day',
  },
  'change-lead-time': {
    title: 'Change lead time',
    meaning:
      "Median from the commit to all of production's traffic, of commits that got it for the first time.",
    rows: 'Deployments of new commits',
    higherIsBetter: false,
    unknown: 'No commit whose time is known was deployed',
  },
  'change-fail-rate': {
    title: 'Change fail rate',
    meaning: 'Share of deployments whose traffic was taken back.',
    rows: 'Deployments that failed',
    higherIsBetter: false,
    unknown: 'Nothing was deployed',
  },
  'failed-deployment-recovery-time': {
    title: 'Failed deployment recovery time',
    meaning:
      'Median from when a deployment that failed got traffic until it had none.',
    rows: 'Deployments that failed',
    higherIsBetter: false,
    unknown: 'No deployment failed',
  },
  'rework-rate': {
    title: 'Deployment rework rate',
    meaning: 'Share of deployments that are the first after a failure.',
    rows: 'Deployments after a failure',
    higherIsBetter: false,
    unknown: 'Nothing was deployed',
  },
};

/** Writes a time from seconds to weeks: "42 s", "3 h 5 min", "4 d 2 h". */
export function formatSeconds(seconds: number): string {
  if (seconds < 2 * DAY_SECONDS) return formatDuration(seconds * 1000);
  const hours = Math.round(seconds / 3600);
  const days = Math.floor(hours / 24);
  return hours % 24 && days < 14 ? `${days} d ${hours % 24} h` : `${days} d`;
}

/** The unit in which the largest of some times is a number that people read. */
export function fittingUnit(seconds: number[]): {
  name: 'seconds' | 'minutes' | 'hours' | 'days';
  seconds: number;
} {
  const most = Math.max(0, ...seconds);
  if (most < 2 * 60) return { name: 'seconds', seconds: 1 };
  if (most < 2 * 3600) return { name: 'minutes', seconds: 60 };
  return most < 2 * DAY_SECONDS
    ? { name: 'hours', seconds: 3600 }
    : { name: 'days', seconds: DAY_SECONDS };
}

/** Writes a value with its unit; undefined is for the caller to explain. */
export function formatMetricValue(
  value: number,
  unit: DoraMetric['unit'],
): string {
  switch (unit) {
    case 'per-week':
      return `${formatNumber(value)} a week`;
    case 'ratio':
      return `${formatNumber(value * 100)} %`;
    default:
      return formatSeconds(value);
  }
}

/** Says of how many cases a value is, and of how many nothing is known. */
export function describeCases(metric: DoraMetric): string {
  const { metric: name, cases, count, unknown } = metric;
  switch (name) {
    case 'deployment-frequency':
      return countOf(cases, 'deployment');
    case 'change-lead-time':
      return unknown > 0
        ? `of ${countOf(cases, 'commit')}, ${unknown} more unknown`
        : `of ${countOf(cases, 'commit')}`;
    case 'failed-deployment-recovery-time':
      return `of ${countOf(cases, 'failure')}`;
    default:
      return `${count ?? 0} of ${countOf(cases, 'deployment')}`;
  }
}

export interface Trend {
  direction: 'up' | 'down' | 'same' | 'unknown';
  /** Whether the change is one for the better. */
  judgement?: 'better' | 'worse';
  text: string;
}

/** Compares a value with that of the period before; within 5 % it is the same. */
export function describeTrend(metric: DoraMetric): Trend {
  const { value, previous, unit } = metric;
  const before = previous.value;
  if (before === undefined || value === undefined) {
    return {
      direction: 'unknown',
      text:
        before === undefined
          ? 'Not known of the period before'
          : `In the period before: ${formatMetricValue(before, unit)}`,
    };
  }
  const was = formatMetricValue(before, unit);
  if (Math.abs(value - before) <= Math.abs(before) * 0.05) {
    return { direction: 'same', text: `As before: ${was}` };
  }
  const direction = value > before ? 'up' : 'down';
  const judgement =
    (direction === 'up') === doraWords[metric.metric].higherIsBetter
      ? 'better'
      : 'worse';
  const word = judgement === 'better' ? 'Better' : 'Worse';
  return { direction, judgement, text: `${word} than before: ${was}` };
}

/** Says what became of a deployment, in the words of the status language. */
export function describeOutcome(change: DeliveryChange): {
  status: Status;
  label: string;
  reason: string;
} {
  const { failure } = change;
  if (!failure) {
    return {
      status: 'healthy',
      label: 'Kept',
      reason: 'Its traffic was not taken back.',
    };
  }
  const after = formatSeconds(failure.recoverySeconds);
  return failure.kind === 'aborted'
    ? {
        status: 'failing',
        label: `Aborted after ${after}`,
        reason: 'It had a part of the traffic, as a canary.',
      }
    : {
        status: 'failing',
        label: `Rolled back after ${after}`,
        reason: 'It had all of the traffic.',
      };
}

/** Says how long a deployment's commit took, or why that is not said. */
export function describeLeadTime(change: DeliveryChange): string {
  if (change.leadTimeSeconds !== undefined) {
    return formatSeconds(change.leadTimeSeconds);
  }
  if (change.leadTime === 'unknown') return 'Unknown';
  return change.traffic === 'part' ? 'Never had all traffic' : 'Deployed again';
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function formatNumber(value: number): string {
  return value.toLocaleString(undefined, {
    maximumFractionDigits: value < 10 ? 1 : 0,
  });
}
