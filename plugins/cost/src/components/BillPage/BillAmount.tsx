import Box from '@mui/material/Box';
import { formatUsd } from '@forkyard/plugin-cost-common';

/**
 * Writes an amount of the bill to the cent, as it is summed. Where something was
 * charged that is too little for a cent, it says so with its $0.00.
 */
export function BillAmount(props: {
  cents: string;
  /** Whether anything was charged. */
  isCharged: boolean;
  /** Keeps the digits of a column below each other. */
  inColumn?: boolean;
}) {
  const { cents, isCharged, inColumn } = props;
  return (
    <>
      {formatUsd(cents)}
      {isCharged && Number(cents) === 0 && (
        <>
          {' '}
          <Box
            component="span"
            sx={{
              display: inColumn ? 'block' : 'inline',
              color: 'text.secondary',
              fontWeight: 'regular',
              typography: inColumn ? 'caption' : undefined,
            }}
          >
            (less than a cent)
          </Box>
        </>
      )}
    </>
  );
}
