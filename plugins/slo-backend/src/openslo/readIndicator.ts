import type { z } from 'zod';
import type { indicatorSpecSchema } from './openSloSchemas';
import type { SloIndicatorDefinition } from './SloDefinition';

type RatioMetric = z.output<typeof indicatorSpecSchema>['ratioMetric'];

/** Makes of a ratio what can be evaluated, or says why it cannot. */
export function readIndicator({
  ratioMetric,
}: {
  ratioMetric: RatioMetric;
}): { indicator: SloIndicatorDefinition } | { fault: string } {
  const { good, bad, total, counter } = ratioMetric;
  if ((good === undefined) === (bad === undefined)) {
    return { fault: "must have either 'good' or 'bad'" };
  }
  const counted = (good ?? bad)!.metricSource;
  const all = total.metricSource;
  if (counted.type === 'Prometheus' && all.type === 'Prometheus') {
    return readPrometheus({
      counted: good ? 'good' : 'bad',
      countedQuery: counted.spec.query.trim(),
      totalQuery: all.spec.query.trim(),
      counter: counter ?? false,
    });
  }
  if (counted.type !== 'VercelDrain' || all.type !== 'VercelDrain') {
    return { fault: "must have one type of 'metricSource' on both sides" };
  }
  if (bad) {
    return { fault: "must say what is 'good' when it comes from VercelDrain" };
  }
  return readVercelDrain(counted.spec, all.spec);
}

type VercelSpec = Extract<
  RatioMetric['total']['metricSource'],
  { type: 'VercelDrain' }
>['spec'];

function readVercelDrain(
  good: VercelSpec,
  total: VercelSpec,
): { indicator: SloIndicatorDefinition } | { fault: string } {
  if (good.signal === 'requests' && total.signal === 'requests') {
    if (good.statusBelow === undefined || total.statusBelow !== undefined) {
      return {
        fault: "must have 'statusBelow: 500' for good, and not for total",
      };
    }
    return { indicator: { type: 'availability' } };
  }
  if (good.signal === 'durations' && total.signal === 'durations') {
    if (
      good.atMostMilliseconds === undefined ||
      total.atMostMilliseconds !== undefined
    ) {
      return {
        fault: "must have 'atMostMilliseconds' for good, and not for total",
      };
    }
    return {
      indicator: {
        type: 'latency',
        thresholdMilliseconds: good.atMostMilliseconds,
      },
    };
  }
  return { fault: "must have the same 'signal' for good and total" };
}

function readPrometheus(metric: {
  counted: 'good' | 'bad';
  countedQuery: string;
  totalQuery: string;
  counter: boolean;
}): { indicator: SloIndicatorDefinition } | { fault: string } {
  const { counter, ...rest } = metric;
  const isRate = (query: string) => /\b(i?rate|increase)\s*\(/.test(query);
  if (counter && !(isRate(metric.countedQuery) && isRate(metric.totalQuery))) {
    return {
      fault:
        "must have queries that take the rate of their counters, such as 'sum(rate(requests_total[5m]))'",
    };
  }
  return { indicator: { type: 'prometheus', ...rest } };
}
