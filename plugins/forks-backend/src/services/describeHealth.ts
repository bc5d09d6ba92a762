import type { ForkVitals, Status } from '@forkyard/plugin-forks-common';

/** Worst first, as the portfolio lists them. */
const RANKS: Status[] = [
  'failing',
  'degraded',
  'waiting',
  'in-progress',
  'unknown',
  'healthy',
];

type Health = { status: Status; statusReason: string };

/**
 * Reduces what deployments and the other plugins tell of a fork to the worst of
 * it, in one word and a sentence.
 *
 * Pure. An alert that wakes people is failing; a lesser one, or an error budget
 * that burns or is spent, is degraded. What is unknown makes nothing worse.
 */
export function describeHealth(deployed: Health, vitals: ForkVitals): Health {
  const found: Health[] = [deployed];
  const { alerts, slo } = vitals;
  if (alerts && alerts.firing > 0) {
    const count =
      alerts.firing === 1 ? 'An alert is' : `${alerts.firing} alerts are`;
    found.push({
      status: alerts.highestSeverity === 'ticket' ? 'degraded' : 'failing',
      statusReason: `${count} firing. ${deployed.statusReason}`,
    });
  } else if (slo?.status === 'exhausted') {
    found.push({
      status: 'degraded',
      statusReason: `Its error budget is spent. ${deployed.statusReason}`,
    });
  } else if (slo?.status === 'burning') {
    found.push({
      status: 'degraded',
      statusReason: `Its error budget is burning. ${deployed.statusReason}`,
    });
  }
  const rank = ({ status }: Health) => RANKS.indexOf(status);
  const { status, statusReason } = found.reduce((worst, next) =>
    rank(next) < rank(worst) ? next : worst,
  );
  return { status, statusReason };
}
