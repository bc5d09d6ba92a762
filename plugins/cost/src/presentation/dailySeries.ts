import type { BarSeries } from '@forkyard/frontend-kit';
import { sumAmounts, type DailyCost } from '@forkyard/plugin-cost-common';

const MOST_SERIES = 5;

/**
 * Lays the daily costs out as stacked bars: the four services that cost most,
 * and the others together when there are more than five. Days after the last
 * that the provider was asked for are unknown.
 */
export function dailySeries(options: {
  days: string[];
  costs: DailyCost[];
  /** The last day of which charges are known. */
  lastDay: string;
}): BarSeries[] {
  const { days, costs, lastDay } = options;
  const services = rankServices(costs);
  const shown =
    services.length > MOST_SERIES
      ? services.slice(0, MOST_SERIES - 1)
      : services;
  const groups = [
    ...shown.map(service => ({ label: service, members: [service] })),
    ...(shown.length < services.length
      ? [
          {
            label: `${services.length - shown.length} others`,
            members: services.slice(shown.length),
          },
        ]
      : []),
  ];
  return groups.map(({ label, members }) => ({
    id: label,
    label,
    values: days.map(day =>
      day > lastDay
        ? undefined
        : Number(
            sumAmounts(
              costs
                .filter(
                  cost => cost.day === day && members.includes(cost.service),
                )
                .map(({ amount }) => amount),
            ),
          ),
    ),
  }));
}

function rankServices(costs: DailyCost[]): string[] {
  const amounts = new Map<string, string[]>();
  for (const { service, amount } of costs) {
    amounts.set(service, [...(amounts.get(service) ?? []), amount]);
  }
  return [...amounts]
    .map(([service, list]) => ({ service, sum: Number(sumAmounts(list)) }))
    .sort((a, b) => b.sum - a.sum)
    .map(({ service }) => service);
}
