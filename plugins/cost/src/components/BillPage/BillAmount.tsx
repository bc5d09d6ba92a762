import Box from '@mui/material/Box';
import { formatUsd } from '@forkyard/plugin-cost-common';

/**
 * Writes an amount of the bill to the cent, as it is summed. Where something was
 * charged that is too little for a cent, it says so beside its $0.00.
 */
export function BillAmount(props: {
  cents: string;
  /** Whether anything was charged. */
  isCharged: boolean;
}) {
  const { cents, isCharged } = props;
  return (
    <>
      {formatUsd(cents)}
      {isCharged && Number(cents) === 0 && (
        <>
          {' '}
          <Box
            component="span"
            sx={{ color: 'text.secondary', fontWeight: 'regular' }}
          >
            (less than a cent)
          </Box>
        </>
      )}
    </>
  );
}
