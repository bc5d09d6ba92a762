import Box from '@mui/material/Box';
import type { Bill } from '@forkyard/plugin-cost-common';
import { BillAmount } from './BillAmount';

/** Draws which part of a bill falls on entities, and which on none. */
export function BillShares({ bill }: { bill: Bill }) {
  const { items, shared } = bill;
  const parts = [
    {
      label: 'On entities',
      amount: bill.allocated,
      isCharged: items.some(line => 'entityRef' in line),
      opacity: 1,
    },
    {
      label: 'Projects of no entity',
      amount: bill.notAllocated,
      isCharged: items.some(line => 'projectId' in line),
      opacity: 0.5,
    },
    {
      label: 'Shared by all',
      amount: shared.amount,
      isCharged: shared.services.length > 0,
      opacity: 0.2,
    },
  ].map(part => ({ ...part, drawn: Math.max(Number(part.amount), 0) }));
  const whole = parts.reduce((sum, { drawn }) => sum + drawn, 0);
  return (
    <Box>
      <Box
        aria-hidden
        sx={{
          display: 'flex',
          height: 16,
          borderRadius: 1,
          overflow: 'hidden',
        }}
      >
        {parts.map(({ label, drawn, opacity }) => (
          <Box
            key={label}
            data-part={label}
            sx={{
              width: `${whole > 0 ? (drawn / whole) * 100 : 0}%`,
              bgcolor: 'primary.main',
              opacity,
            }}
          />
        ))}
      </Box>
      <Box
        component="ul"
        aria-label="Parts of the bill"
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 3,
          listStyle: 'none',
          p: 0,
          m: 0,
          mt: 1,
          typography: 'body2',
          fontVariantNumeric: 'tabular-nums',
        }}
      >
        {parts.map(({ label, amount, isCharged, opacity }) => (
          <Box
            key={label}
            component="li"
            sx={{ display: 'flex', alignItems: 'center', gap: 0.75 }}
          >
            <Box
              aria-hidden
              sx={{ width: 12, height: 12, bgcolor: 'primary.main', opacity }}
            />
            {label}{' '}
            <strong>
              <BillAmount cents={amount} isCharged={isCharged} />
            </strong>
          </Box>
        ))}
      </Box>
    </Box>
  );
}
