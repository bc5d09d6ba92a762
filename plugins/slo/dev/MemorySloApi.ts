import {
  budgetBurnDown,
  burnRate,
  burnRules,
  chartStepMinutes,
  errorBudget,
  type BudgetSeries,
  type EntitySlos,
  type RequestCounts,
  type Slo,
  type SloAlert,
  type SloApi,
  type TrafficRequest,
  type TrafficSeries,
} from '@forkyard/plugin-slo-common';
import type { Deployment } from '@forkyard/plugin-deployments-common';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const windowDays = 28;

/** The page is opened in the middle of this: a deployment that fails some requests. */
const startedAt = Date.now();
const badDeployAt = startedAt - 50 * minuteMs;
const earlierTrouble = {
  from: startedAt - 6 * dayMs,
  to: startedAt - 6 * dayMs + 2 * hourMs,
};
/** Nothing was measured before, and for a while the drain was away. */
const firstSeenAt = startedAt - 19 * dayMs;
const silence = {
  from: startedAt - 11 * dayMs,
  to: startedAt - 10 * dayMs,
};

/** A number between 0 and 1 that is always the same for the same time. */
function noise(time: number, salt: number): number {
  const value = Math.sin(time / 7_919 + salt * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
}

function isSilent(at: number): boolean {
  return at < firstSeenAt || (at >= silence.from && at < silence.to);
}

/** What one minute brought. */
function countMinute(at: number): RequestCounts {
  if (isSilent(at)) return { good: 0, total: 0 };
  const hour = new Date(at).getHours();
  const daily = 1 + Math.sin(((hour - 9) / 24) * 2 * Math.PI) * 0.6;
  const total = Math.round(40 * daily * (0.85 + 0.3 * noise(at, 1)));
  const bad = Math.max(0, Math.floor(total * errorShareAt(at) + noise(at, 2)));
  return { good: total - bad, total };
}

function errorShareAt(at: number): number {
  if (at >= badDeployAt) return 0.02;
  if (at >= earlierTrouble.from && at < earlierTrouble.to) return 0.05;
  return -0.99;
}

function countsOf(from: number, to: number, stepMinutes: number) {
  const counts: Array<RequestCounts & { at: number }> = [];
  const stepMs = stepMinutes * minuteMs;
  for (let at = from; at < to; at += stepMs) {
    const count = { at, good: 0, total: 0 };
    const end = Math.min(at + stepMs, to);
    const first = Math.ceil(at / minuteMs) * minuteMs;
    for (let minute = first; minute < end; minute += minuteMs) {
      const { good, total } = countMinute(minute);
      count.good += good;
      count.total += total;
    }
    counts.push(count);
  }
  return counts;
}

function sum(counts: RequestCounts[]): RequestCounts {
  return {
    good: counts.reduce((all, { good }) => all + good, 0),
    total: counts.reduce((all, { total }) => all + total, 0),
  };
}

/** SLOs of a service that went bad fifty minutes ago; other entities have none, or a broken file. */
export class MemorySloApi implements SloApi {
  async listSlos({ entityRef }: { entityRef: string }): Promise<EntitySlos> {
    const asOf = new Date().toISOString();
    const nothing = { entityRef, items: [], fileProblems: [], asOf };
    if (entityRef.endsWith('/empty-studio')) return nothing;
    if (entityRef.endsWith('/broken-studio')) {
      return {
        ...nothing,
        fileProblems: [
          {
            path: 'slo.yaml',
            line: 32,
            message: "SLO 'availability': target must be above 0 and below 1",
          },
          { path: 'slo.yaml', line: 57, message: 'kind Slo is not known' },
        ],
      };
    }
    return {
      ...nothing,
      items: [this.#availability(entityRef), this.#latency(entityRef)],
    };
  }

  async getBudget({ id }: { id: string }): Promise<BudgetSeries> {
    const to = Date.now();
    const from = to - windowDays * dayMs;
    const stepMinutes = chartStepMinutes({
      from: new Date(from),
      to: new Date(to),
      finestMinutes: 60,
    });
    const steps = countsOf(from, to, stepMinutes);
    const objective = id.endsWith('latency') ? 0.95 : 0.999;
    const left = budgetBurnDown(steps, objective);
    return {
      id,
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      stepMinutes,
      points: steps.map(({ at, good, total }, index) => ({
        at: new Date(Math.min(at + stepMinutes * minuteMs, to)).toISOString(),
        budgetRemainingRatio: isSilent(at) ? undefined : left[index],
        good,
        total,
      })),
    };
  }

  async getTraffic(request: TrafficRequest): Promise<TrafficSeries> {
    const to = Date.parse(request.to ?? new Date().toISOString());
    const from = Date.parse(
      request.from ?? new Date(to - hourMs).toISOString(),
    );
    const stepMinutes = chartStepMinutes({
      from: new Date(from),
      to: new Date(to),
    });
    const stepMs = stepMinutes * minuteMs;
    return {
      entityRef: request.entityRef,
      environment: 'production',
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      stepMinutes,
      points: countsOf(Math.floor(from / stepMs) * stepMs, to, stepMinutes)
        .filter(({ at }) => !isSilent(at))
        .map(({ at, good, total }) => {
          const slow = at >= badDeployAt ? 130 : 0;
          return {
            at: new Date(at).toISOString(),
            requests: total,
            errors: total - good,
            p50Milliseconds: 60 + 12 * noise(at, 4) + slow / 4,
            p95Milliseconds: 180 + 60 * noise(at, 5) + slow,
          };
        }),
      deployments: [],
    };
  }

  async listAlerts(request: { entityRef?: string; state?: SloAlert['state'] }) {
    const { entityRef = '', state } = request;
    if (!entityRef.endsWith('/image-studio')) return { items: [] };
    const common = {
      entityRef,
      slo: 'availability',
      sloId: `${entityRef}#availability`,
      severity: 'page' as const,
      summary: 'Requests that do not fail: the error budget burns too fast',
      runbook: 'runbooks/high-error-rate.md',
      source: 'slo' as const,
    };
    const items: SloAlert[] = [
      {
        ...common,
        id: '2',
        state: 'firing',
        startsAt: new Date(badDeployAt + 6 * minuteMs).toISOString(),
      },
      {
        ...common,
        id: '1',
        state: 'resolved',
        startsAt: new Date(earlierTrouble.from + 4 * minuteMs).toISOString(),
        endsAt: new Date(earlierTrouble.to).toISOString(),
      },
    ];
    return { items: items.filter(item => !state || item.state === state) };
  }

  async refresh(request: { entityRef: string }) {
    return this.listSlos(request);
  }

  #availability(entityRef: string): Slo {
    const objective = 0.999;
    const now = Date.now();
    const counts = sum(countsOf(now - windowDays * dayMs, now, 60));
    const budget = errorBudget(counts, objective);
    const rate = (minutes: number) =>
      burnRate(sum(countsOf(now - minutes * minuteMs, now, 1)), objective);
    const burn = burnRules({ windowDays }).map(rule => {
      const { budgetConsumed, ...rest } = rule;
      const longBurnRate = rate(rule.longWindowMinutes);
      const shortBurnRate = rate(rule.shortWindowMinutes);
      return {
        ...rest,
        longBurnRate,
        shortBurnRate,
        firing: Math.min(longBurnRate ?? 0, shortBurnRate ?? 0) > rule.factor,
      };
    });
    return {
      id: `${entityRef}#availability`,
      entityRef,
      name: 'availability',
      title: 'Requests that do not fail',
      description:
        'A request counts as good unless it is answered with a 5xx status. Probes do not count.',
      signal: 'availability',
      objective,
      windowDays,
      ...counts,
      ratio: budget.ratio,
      budgetRemainingRatio: budget.remainingRatio,
      exhaustsAt:
        (budget.remainingRatio ?? 0) > 0
          ? new Date(now + 31 * hourMs).toISOString()
          : undefined,
      burn,
      status: (budget.remainingRatio ?? 0) > 0 ? 'burning' : 'exhausted',
      statusReason: `The last hour burned the budget ${Math.round(burn[0].longBurnRate ?? 0)} times faster than it lasts.`,
      runbook: 'runbooks/high-error-rate.md',
      asOf: new Date().toISOString(),
    };
  }

  #latency(entityRef: string): Slo {
    return {
      id: `${entityRef}#latency`,
      entityRef,
      name: 'latency',
      title: 'Requests that are quick',
      description:
        'A request counts as good when it is answered within half a second.',
      signal: 'latency',
      thresholdMilliseconds: 500,
      objective: 0.95,
      windowDays,
      good: 1_180_234,
      total: 1_193_010,
      ratio: 1_180_234 / 1_193_010,
      budgetRemainingRatio: 0.786,
      burn: [],
      status: 'ok',
      statusReason: 'The budget lasts at the present rate.',
      asOf: new Date().toISOString(),
    };
  }
}

/** What went live, the last time just before the errors began. */
export async function listDeployments({ entityRef }: { entityRef: string }) {
  const lives: Array<[number, string, string]> = [
    [badDeployAt, '9ab02e1', 'Cache thumbnails'],
    [startedAt - 3 * hourMs, '3f2c1a9', 'Fix token refund'],
    [startedAt - 3.2 * hourMs, '77aa01c', 'Try a larger pool'],
    [startedAt - 2 * dayMs, '51b3c44', 'New upload page'],
    [earlierTrouble.from, 'e0d11f2', 'Upgrade sharp'],
    [earlierTrouble.to, 'c4c0de5', 'Revert "Upgrade sharp"'],
    [startedAt - 15 * dayMs, 'a11ce00', 'First version'],
  ];
  return {
    items: lives.map(([at, sha, message], index): Deployment => {
      const time = new Date(at).toISOString();
      return {
        id: `vercel:dpl_${sha}`,
        provider: 'vercel',
        externalId: `dpl_${sha}`,
        projectId: 'prj_1',
        entityRef,
        environment: 'production',
        state: 'ready',
        live: index === 0,
        liveSince: time,
        aliases: [],
        commit: { sha: sha.padEnd(40, '0'), message },
        createdAt: time,
        observedAt: time,
      };
    }),
  };
}
