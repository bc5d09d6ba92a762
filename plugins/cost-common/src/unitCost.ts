import { toExact } from './money';
import type { UnitCost } from './types';

/**
 * Divides a cost by the requests it served, per 1,000 of them, to six
 * significant digits. Unknown while nobody knows of a request.
 *
 * @param options - `requests` is a decimal string; absent when not counted.
 * @public
 */
export function unitCost(options: {
  amount: string;
  requests?: string;
}): UnitCost {
  const { amount, requests } = options;
  if (requests === undefined) {
    return {
      known: false,
      reason: 'The provider charged for no requests this month.',
    };
  }
  const count = toExact(requests);
  if (!count.gt(0)) {
    return { known: false, reason: 'There were no requests this month.' };
  }
  return {
    known: true,
    perThousandRequests: toExact(amount)
      .times(1000)
      .div(count)
      .toSignificantDigits(6)
      .toFixed(),
    requests: count.toFixed(),
  };
}
