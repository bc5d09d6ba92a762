import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import CostIcon from '@mui/icons-material/PaymentsOutlined';
import { costApi } from './extensions/apis';
import { costCard } from './extensions/entityCards';
import { costContent, groupCostContent } from './extensions/entityContents';
import { billPage } from './extensions/pages';
import { billRouteRef, entityContentRouteRef } from './routes';

/**
 * Shows what an entity costs this month, on what, and against which budget.
 *
 * @public
 */
export const costPlugin = createFrontendPlugin({
  pluginId: 'cost',
  title: 'Cost',
  icon: <CostIcon fontSize="inherit" />,
  routes: { bill: billRouteRef, entityContent: entityContentRouteRef },
  extensions: [costApi, billPage, costCard, costContent, groupCostContent],
});
