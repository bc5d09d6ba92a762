import { stringifyEntityRef } from '@backstage/catalog-model';
import { Link } from '@backstage/core-components';
import { useRouteRef } from '@backstage/frontend-plugin-api';
import { useEntity } from '@backstage/plugin-catalog-react';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { EmptyState, ErrorState, LoadingState } from '@forkyard/frontend-kit';
import { formatUsd, type GroupCosts } from '@forkyard/plugin-cost-common';
import { useGroupCosts } from '../../hooks/useGroupCosts';
import { useMayReadBill } from '../../hooks/useMayReadBill';
import { monthName, usd } from '../../presentation/costWords';
import { billRouteRef } from '../../routes';
import { Freshness } from '../CostSummary';
import { GroupCostTable } from './GroupCostTable';

/** The tab of a team: what its entities cost this month, and together. */
export function GroupCostContent() {
  const { entity } = useEntity();
  const {
    value: costs,
    error,
    refresh,
    showMore,
  } = useGroupCosts(stringifyEntityRef(entity));
  if (!costs) {
    return error ? (
      <ErrorState
        title="The team's costs could not be loaded"
        error={error}
        onRetry={refresh}
      />
    ) : (
      <LoadingState label="Loading the team's costs" />
    );
  }
  return (
    <Stack spacing={2} sx={{ maxWidth: 1200 }}>
      <Typography variant="h5" component="h2">
        {monthName(costs.month)}
      </Typography>
      {costs.items.length === 0 ? (
        <EmptyState
          title="Nothing has been charged to this team yet"
          description="What the team owns appears here by itself once a provider charges for it, or it names a budget."
        />
      ) : (
        <>
          <Typography variant="body1">{teamSentence(costs)}</Typography>
          <GroupCostTable items={costs.items} />
          {costs.nextCursor && (
            <Button onClick={showMore} sx={{ alignSelf: 'flex-start' }}>
              Show more
            </Button>
          )}
        </>
      )}
      <Freshness {...costs} error={error} />
      <BillLink />
    </Stack>
  );
}

/** Leads on to the bill of the whole account, for those who may see it. */
function BillLink() {
  const bill = useRouteRef(billRouteRef);
  const mayReadBill = useMayReadBill();
  return bill && mayReadBill ? (
    <Link to={bill()}>Bill of the whole account</Link>
  ) : undefined;
}

function teamSentence({ total, budget }: GroupCosts): string {
  const answer = `${formatUsd(total)} this month for what the team owns and you may see`;
  return budget
    ? `${answer}; the budgets sum to ${usd(budget)}.`
    : `${answer}.`;
}
