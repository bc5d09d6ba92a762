import { useState } from 'react';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import { formatUsd, sumAmounts, type Bill } from '@forkyard/plugin-cost-common';
import { useBill } from '../../hooks/useBill';
import {
  chargedUsd,
  latestMonths,
  monthName,
} from '../../presentation/costWords';
import { Freshness } from '../CostSummary';
import { BillLines } from './BillLines';
import { BillShares } from './BillShares';
import { BillTroubles } from './BillTroubles';

const MONTHS = 13;

/**
 * Answers what the whole account cost in a month, and what falls on no entity.
 * The backend decides who may see it.
 */
export function BillPage() {
  return (
    <Box component="main" sx={{ px: { xs: 2, sm: 3 }, pb: 3 }}>
      <MonthlyBill />
    </Box>
  );
}

function MonthlyBill() {
  const [month, setMonth] = useState('');
  const months = latestMonths(new Date(), MONTHS);
  return (
    <Stack spacing={3} sx={{ maxWidth: 1000, pt: 1 }}>
      <TextField
        select
        size="small"
        label="Month"
        value={month || months[0]}
        onChange={event => setMonth(event.target.value)}
        sx={{ alignSelf: 'flex-start', minWidth: 200 }}
      >
        {months.map(each => (
          <MenuItem key={each} value={each}>
            {monthName(each)}
          </MenuItem>
        ))}
      </TextField>
      <BillOfMonth key={month} month={month || undefined} />
    </Stack>
  );
}

function BillOfMonth(props: { month?: string }) {
  const { value: bill, error, refresh, showMore } = useBill(props.month);
  if (!bill) {
    return error ? (
      <ErrorState
        title="The bill could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the bill" />
    );
  }
  const isEmpty = bill.items.length === 0 && bill.shared.services.length === 0;
  return (
    <>
      {isEmpty ? (
        <EmptyState
          title={`Nothing was charged in ${monthName(bill.month)}`}
          description="Charges appear here by themselves once the provider bills the account."
        />
      ) : (
        <>
          <Typography variant="body1">{billSentence(bill)}</Typography>
          <BillShares bill={bill} />
          <BillLines bill={bill} />
          {bill.nextCursor && (
            <Button onClick={showMore} sx={{ alignSelf: 'flex-start' }}>
              Show more
            </Button>
          )}
        </>
      )}
      <BillTroubles bill={bill} />
      <Freshness {...bill} error={error} />
    </>
  );
}

function billSentence({ month, total, notAllocated, shared }: Bill): string {
  const rest = sumAmounts([notAllocated, shared.amount]);
  const answer = `${sentenceCase(chargedUsd(total))} in ${monthName(month)}`;
  return Number(rest) === 0
    ? `${answer}, all of it on entities.`
    : `${answer}; ${formatUsd(rest)} of it falls on no entity.`;
}

function sentenceCase(words: string): string {
  return words.charAt(0).toLocaleUpperCase('en') + words.slice(1);
}
