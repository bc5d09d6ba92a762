import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import BudgetIcon from '@mui/icons-material/DataUsageOutlined';
import { deploymentHistoryApi, sloApi } from './extensions/apis';
import { errorBudgetCard } from './extensions/entityCards';
import { sloContent } from './extensions/entityContents';
import { entityContentRouteRef } from './routes';

/**
 * Shows whether an entity keeps what its SLOs promise, and what burns their
 * error budgets.
 *
 * @public
 */
export const sloPlugin = createFrontendPlugin({
  pluginId: 'slo',
  title: 'SLOs',
  icon: <BudgetIcon fontSize="inherit" />,
  routes: { entityContent: entityContentRouteRef },
  extensions: [sloApi, deploymentHistoryApi, errorBudgetCard, sloContent],
});
