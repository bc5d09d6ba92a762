import {
  burnRules,
  daysUntilExhausted,
  errorBudget,
  evaluateBurn,
  type BurnState,
  type RequestCounts,
  type Slo,
  type SloStatus,
} from '@forkyard/plugin-slo-common';
import type { NewAlert } from '../database/AlertStore';
import type { SloDefinition } from '../openslo/SloDefinition';
import { describeSlo, formatNumber, formatPercent } from './describeSlo';

/** What evaluating depends on besides the counts. */
export interface EvaluationSettings {
  minimumBadRequests: number;
  /** 1, or less to shorten the alert windows for a rehearsal. */
  windowScale: number;
}

/** The windows whose counts an evaluation needs, in minutes, each once. */
export function listWindowMinutes(
  definition: SloDefinition,
  { windowScale }: EvaluationSettings,
): number[] {
  const rules = burnRules({ windowDays: definition.windowDays, windowScale });
  return [
    ...new Set([
      definition.windowDays * 1440,
      ...rules.flatMap(rule => [
        rule.longWindowMinutes,
        rule.shortWindowMinutes,
      ]),
    ]),
  ];
}

/**
 * Says how an SLO stands. Pure: all that was measured comes in by window, and
 * what is missing there was not measured.
 */
export function evaluateSlo(options: {
  entityRef: string;
  definition: SloDefinition;
  counts: Map<number, RequestCounts | undefined>;
  previous: Slo | undefined;
  at: Date;
  settings: EvaluationSettings;
  /** Why nothing could be measured, when that is known. */
  trouble?: string;
}): Slo {
  const { entityRef, definition, counts, previous, at, settings } = options;
  const { name, objective, windowDays, indicator } = definition;
  const window = counts.get(windowDays * 1440) ?? { good: 0, total: 0 };
  const burn = burnRules({
    windowDays,
    windowScale: settings.windowScale,
  }).map(rule =>
    evaluateBurn({
      rule,
      objective,
      long: counts.get(rule.longWindowMinutes),
      short: counts.get(rule.shortWindowMinutes),
      wasFiring: wasFiring(previous, rule),
      minimumBadRequests: settings.minimumBadRequests,
    }),
  );
  const { ratio, remainingRatio } = errorBudget(window, objective);
  const days = daysUntilExhausted({
    remainingRatio,
    burnRate: burn[1].longBurnRate,
    windowDays,
  });
  const slo = {
    id: `${entityRef}#${name}`,
    entityRef,
    name,
    title: definition.title,
    description: definition.description,
    signal: indicator.type,
    thresholdMilliseconds:
      indicator.type === 'latency'
        ? indicator.thresholdMilliseconds
        : undefined,
    objective,
    windowDays,
    good: window.good,
    total: window.total,
    ratio,
    budgetRemainingRatio: remainingRatio,
    exhaustsAt:
      days === undefined
        ? undefined
        : new Date(at.getTime() + days * 86_400_000).toISOString(),
    burn,
    status: statusOf(remainingRatio, burn),
    runbook: definition.runbook,
    asOf: at.toISOString(),
  };
  return { ...slo, statusReason: describeSlo(slo, options.trouble) };
}

/**
 * Lists the alerts that an SLO should have: one for each severity of which a
 * pair of windows fires.
 */
export function listFiringAlerts(
  slo: Slo,
  counts: Map<number, RequestCounts | undefined>,
): NewAlert[] {
  return (['page', 'ticket'] as const).flatMap(severity => {
    const burn = slo.burn.find(
      state => state.firing && state.severity === severity,
    );
    return burn ? [toAlert(slo, burn, counts)] : [];
  });
}

function toAlert(
  slo: Slo,
  burn: BurnState,
  counts: Map<number, RequestCounts | undefined>,
): NewAlert {
  const { longBurnRate, shortBurnRate, longWindowMinutes } = burn;
  const long = counts.get(longWindowMinutes);
  const measured =
    long !== undefined &&
    longBurnRate !== undefined &&
    shortBurnRate !== undefined;
  const bad = long && Math.max(0, long.total - long.good);
  return {
    key: `slo:${slo.id}:${burn.severity}`,
    entityRef: slo.entityRef,
    slo: slo.name,
    sloId: slo.id,
    severity: burn.severity,
    startsAt: slo.asOf ?? '',
    summary: measured
      ? `${slo.title}: ${formatPercent(Number(bad) / long.total)} of ${formatNumber(long.total)} requests were not good over ${formatMinutes(longWindowMinutes)}, ${formatNumber(longBurnRate)} times what the error budget of ${slo.windowDays} days allows.`
      : `${slo.title}: the error budget burns too fast.`,
    runbook: slo.runbook,
    source: 'slo',
    evidence: measured
      ? {
          longWindowMinutes,
          shortWindowMinutes: burn.shortWindowMinutes,
          factor: burn.factor,
          longBurnRate,
          shortBurnRate,
          bad: Number(bad),
          total: long.total,
        }
      : undefined,
  };
}

/** A pair is the same while its windows are; factors may be edited. */
function wasFiring(
  previous: Slo | undefined,
  rule: { severity: string; longWindowMinutes: number },
): boolean {
  return (previous?.burn ?? []).some(
    state =>
      state.firing &&
      state.severity === rule.severity &&
      state.longWindowMinutes === rule.longWindowMinutes,
  );
}

function statusOf(
  remainingRatio: number | undefined,
  burn: BurnState[],
): SloStatus {
  if (remainingRatio !== undefined && remainingRatio <= 0) return 'exhausted';
  if (burn.some(({ firing }) => firing)) return 'burning';
  return remainingRatio === undefined ? 'unknown' : 'ok';
}

function formatMinutes(minutes: number): string {
  if (minutes % 1440 === 0) return `${minutes / 1440} d`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}
