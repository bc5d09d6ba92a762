import { median } from './median';
import type {
  DoraBucket,
  DoraDays,
  DoraFigure,
  DoraMetric,
  DoraMetricName,
} from './types';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** A deployment, as far as the metrics need it. @public */
export interface DeliveryFacts {
  at: Date;
  /** Whether there is a lead time to measure. */
  firstOfVersion: boolean;
  /** Absent when it is not known. */
  leadTimeSeconds?: number;
  failed: boolean;
  /** Of a failed one; absent when it is not known. */
  recoverySeconds?: number;
  isRepair: boolean;
}

/** Ends of a period and of the one before. @public */
export interface DoraPeriod {
  previousFrom: Date;
  from: Date;
  to: Date;
}

/**
 * Gives the period that ends now and begins with a day in UTC, so that days
 * and weeks in it are whole.
 *
 * @public
 */
export function doraPeriod(now: Date, days: DoraDays): DoraPeriod {
  const today = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const from = today - (days - 1) * DAY_MS;
  return {
    previousFrom: new Date(from - days * DAY_MS),
    from: new Date(from),
    to: now,
  };
}

/**
 * Computes DORA's five metrics (https://dora.dev/guides/dora-metrics/) from the
 * deployments of a period and of the one before.
 *
 * - Deployment frequency: deployments a week, of the time of which something is
 *   known; unknown when that is less than a day.
 * - Change lead time: median from commit to all of production's traffic. Only
 *   the deployed commit is looked at, not those that came along with it.
 * - Change fail rate: share of deployments whose traffic was taken back.
 * - Failed deployment recovery time: median from when a deployment that failed
 *   got traffic until it had none.
 * - Deployment rework rate: share of deployments that are the first after a
 *   failure. That they were unplanned is concluded from that alone.
 *
 * @public
 */
export function summarizeDelivery(
  facts: DeliveryFacts[],
  options: { period: DoraPeriod; knownSince?: Date },
): DoraMetric[] {
  const { period, knownSince } = options;
  const present = figuresOf(facts, {
    from: period.from,
    to: period.to,
    knownSince,
  });
  const previous = figuresOf(facts, {
    from: period.previousFrom,
    to: period.from,
    knownSince,
  });
  const metric = (name: DoraMetricName, unit: DoraMetric['unit']) => ({
    metric: name,
    unit,
    ...present[name],
    previous: previous[name],
  });
  return [
    metric('deployment-frequency', 'per-week'),
    metric('change-lead-time', 'seconds'),
    metric('change-fail-rate', 'ratio'),
    metric('failed-deployment-recovery-time', 'seconds'),
    metric('rework-rate', 'ratio'),
  ];
}

/**
 * Counts deployments by day, or by week in a long period; the last bucket ends
 * with the period, and the first may be shorter.
 *
 * @public
 */
export function bucketDelivery(
  facts: DeliveryFacts[],
  options: { period: DoraPeriod; bucketDays: 1 | 7; knownSince?: Date },
): DoraBucket[] {
  const { period, bucketDays, knownSince } = options;
  const lengthMs = bucketDays * DAY_MS;
  const end = Math.floor(period.to.getTime() / DAY_MS + 1) * DAY_MS;
  const count = Math.ceil((end - period.from.getTime()) / lengthMs);
  return Array.from({ length: count }, (_, index) => {
    const to = new Date(end - (count - 1 - index) * lengthMs);
    const from = new Date(
      Math.max(to.getTime() - lengthMs, period.from.getTime()),
    );
    const day = from.toISOString().slice(0, 10);
    if (!knownSince || knownSince >= to) return { day };
    const within = facts.filter(({ at }) => at >= from && at < to);
    return {
      day,
      deployments: within.length,
      failed: within.filter(({ failed }) => failed).length,
      leadTimeSeconds: median(known(within.map(leadTimeOf))),
    };
  });
}

function figuresOf(
  facts: DeliveryFacts[],
  period: { from: Date; to: Date; knownSince?: Date },
): Record<DoraMetricName, DoraFigure> {
  const within = facts.filter(({ at }) => at >= period.from && at < period.to);
  const failed = within.filter(change => change.failed);
  const repairs = within.filter(change => change.isRepair);
  return {
    'deployment-frequency': frequency(within.length, period),
    'change-lead-time': medianOf(
      within.filter(({ firstOfVersion }) => firstOfVersion).map(leadTimeOf),
    ),
    'change-fail-rate': ratioOf(failed.length, within.length),
    'failed-deployment-recovery-time': medianOf(
      failed.map(({ recoverySeconds }) => recoverySeconds),
    ),
    'rework-rate': ratioOf(repairs.length, within.length),
  };
}

function frequency(
  deployments: number,
  { from, to, knownSince }: { from: Date; to: Date; knownSince?: Date },
): DoraFigure {
  const knownMs = knownSince
    ? to.getTime() - Math.max(from.getTime(), knownSince.getTime())
    : 0;
  return {
    value: knownMs >= DAY_MS ? deployments / (knownMs / WEEK_MS) : undefined,
    cases: deployments,
    unknown: 0,
  };
}

function medianOf(values: (number | undefined)[]): DoraFigure {
  const measured = known(values);
  return {
    value: median(measured),
    cases: measured.length,
    unknown: values.length - measured.length,
  };
}

function ratioOf(count: number, cases: number): DoraFigure {
  return {
    value: cases > 0 ? count / cases : undefined,
    cases,
    count,
    unknown: 0,
  };
}

function leadTimeOf(change: DeliveryFacts): number | undefined {
  return change.firstOfVersion ? change.leadTimeSeconds : undefined;
}

function known(values: (number | undefined)[]): number[] {
  return values.filter(value => value !== undefined);
}
