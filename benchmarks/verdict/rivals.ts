import { isHighByMannWhitney } from './mannWhitney';
import { toMinutes, type Minute, type Traffic } from './traffic';

/** A way to judge a run: gives the minute in which it is failed. */
export interface Rival {
  name: string;
  /** Its parameters, and where they are documented. */
  source: string;
  judge(minutes: Minute[]): number | undefined;
}

const successShare = (minutes: Minute[]) => {
  const total = minutes.reduce((sum, minute) => sum + minute.canaryTotal, 0);
  const bad = minutes.reduce((sum, minute) => sum + minute.canaryBad, 0);
  return 1 - bad / total;
};

/** Fails when so many measurements of the success rate were below a minimum. */
function fixedThreshold(options: {
  minimum: number;
  everyMinutes: number;
  failures: number;
}) {
  return (minutes: Minute[]): number | undefined => {
    const { minimum, everyMinutes, failures } = options;
    let failed = 0;
    for (let end = everyMinutes; end <= minutes.length; end += everyMinutes) {
      const window = minutes.slice(end - everyMinutes, end);
      if (successShare(window) < minimum) failed += 1;
      if (failed >= failures) return end;
    }
    return undefined;
  };
}

/** Leaves out minutes without requests, which have no share. */
function sharesOf(minutes: Minute[], version: 'canary' | 'stable'): number[] {
  return minutes
    .filter(one => one[`${version}Total`] > 0)
    .map(one => one[`${version}Bad`] / one[`${version}Total`]);
}

/** Compares the error rates of the minutes so far, at each of the given times. */
function mannWhitney(times: number[]) {
  return (minutes: Minute[]): number | undefined =>
    times.find(
      time =>
        time <= minutes.length &&
        isHighByMannWhitney(
          sharesOf(minutes.slice(0, time), 'canary'),
          sharesOf(minutes.slice(0, time), 'stable'),
        ),
    );
}

export const rivals: Rival[] = [
  {
    name: 'Flagger',
    source:
      'Flagger: interval 1m, request-success-rate min 99 over 1m, threshold 5 failed checks, which are counted and not reset (docs/gitbook/tutorials/istio-progressive-delivery.md, pkg/controller/scheduler.go)',
    judge: fixedThreshold({ minimum: 0.99, everyMinutes: 1, failures: 5 }),
  },
  {
    name: 'Argo Rollouts',
    source:
      'Argo Rollouts: interval 5m, successCondition result[0] >= 0.95, failureLimit 3, failed by the fourth failure (docs/features/analysis.md "Background Analysis", analysis/analysis.go)',
    judge: fixedThreshold({ minimum: 0.95, everyMinutes: 5, failures: 4 }),
  },
  {
    name: 'Argo Rollouts, failureLimit 0',
    source:
      'Argo Rollouts with failureLimit left at its default of 0, failed by the first failure (the same page)',
    judge: fixedThreshold({ minimum: 0.95, everyMinutes: 5, failures: 1 }),
  },
  {
    name: 'Kayenta, once',
    source:
      'Kayenta: NetflixACAJudge-v1.0, Mann-Whitney at 98 % confidence, tolerance 0.25, effect size meanRatio with allowedIncrease 1, direction increase, marginal 75 and pass 95: one metric, so a score of 0 or 100 (NetflixACAJudge.scala, json-formats.md), once over 50 points of a minute, as few as spinnaker.io/guides/user/canary/best-practices allows',
    judge: mannWhitney([50]),
  },
  {
    name: 'Kayenta, every 10 minutes',
    source:
      'Kayenta the same, judged every 10 minutes over all points so far, which a stage with an interval does',
    judge: mannWhitney([10, 20, 30, 40, 50]),
  },
];

/** Gives how many canary requests a rival needs to fail a run. */
export function judgeByRival(
  rival: Rival,
  traffic: Traffic,
): number | undefined {
  const minutes = toMinutes(traffic);
  const failed = rival.judge(minutes);
  if (failed === undefined) return undefined;
  return minutes
    .slice(0, failed)
    .reduce((sum, { canaryTotal }) => sum + canaryTotal, 0);
}
