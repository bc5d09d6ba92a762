import { formatUsd, toCents } from './money';
import type { CostAnomaly } from './types';

/**
 * Says what was unusual: `Tuesday, November 17, cost $4.10, usually about $0.90.`
 *
 * @public
 */
export function anomalySentence({ day, amount, usual }: CostAnomaly): string {
  const date = new Date(`${day}T00:00:00Z`).toLocaleDateString('en-US', {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const before =
    toCents(usual) === '0.00'
      ? 'usually next to nothing'
      : `usually about ${formatUsd(usual)}`;
  return `${date}, cost ${formatUsd(amount)}, ${before}.`;
}
