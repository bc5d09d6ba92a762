import Typography from '@mui/material/Typography';
import type { UnitCost } from '@forkyard/plugin-cost-common';
import { unitUsd } from '../../presentation/costWords';

/** Says what 1,000 requests cost, or why nobody knows. */
export function UnitCostLine(props: { unitCost: UnitCost }) {
  const { unitCost } = props;
  return (
    <Typography variant="body2">
      {unitCost.known
        ? `${unitUsd(unitCost.perThousandRequests)} for 1,000 requests; ${Number(unitCost.requests).toLocaleString('en-US')} were charged for this month.`
        : `Unknown. ${unitCost.reason}`}
    </Typography>
  );
}
