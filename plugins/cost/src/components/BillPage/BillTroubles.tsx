import Alert from '@mui/material/Alert';
import type { Bill } from '@forkyard/plugin-cost-common';

/** Says what the bill leaves out, and of which days it may be old. */
export function BillTroubles({ bill }: { bill: Bill }) {
  const { otherCurrencies, staleDays, rejectedLines } = bill;
  return (
    <>
      {otherCurrencies.length > 0 && (
        <Alert severity="info">
          Charged in other currencies, and in no sum here:{' '}
          {otherCurrencies
            .map(({ currency, amount }) => `${amount} ${currency}`)
            .join(', ')}
          .
        </Alert>
      )}
      {staleDays.length > 0 && (
        <Alert severity="warning">
          Days whose last answer was not taken, newest first:
          <ul>
            {staleDays.map(({ day, reason }) => (
              <li key={day}>
                {day}: {reason}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {rejectedLines.count > 0 && (
        <Alert severity="warning">
          {rejectedLines.count} lines of the last answer were no charges, and
          are in no sum. For example:
          <ul>
            {rejectedLines.examples.map(({ line, reason }) => (
              <li key={line}>
                Line {line} {reason}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}
