import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import DeployIcon from '@mui/icons-material/RocketLaunchOutlined';
import { alertsApi, deploymentsApi, rolloutsApi } from './extensions/apis';
import { doraApi, doraContent } from './extensions/doraExtensions';
import { deploymentsCard } from './extensions/entityCards';
import { approvalsHomeSection } from './extensions/homeSections';
import { deploymentsContent } from './extensions/entityContents';
import { alertsRouteRef, entityContentRouteRef } from './routes';

/**
 * Shows what an entity runs, since when and from which commit, and steers it.
 *
 * @public
 */
export const deploymentsPlugin = createFrontendPlugin({
  pluginId: 'deployments',
  title: 'Deployments',
  icon: <DeployIcon fontSize="inherit" />,
  routes: { entityContent: entityContentRouteRef },
  externalRoutes: { alerts: alertsRouteRef },
  extensions: [
    deploymentsApi,
    rolloutsApi,
    alertsApi,
    deploymentsCard,
    deploymentsContent,
    approvalsHomeSection,
    doraApi,
    doraContent,
  ],
});
