import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import AlertIcon from '@mui/icons-material/NotificationsActiveOutlined';
import { incidentsApi } from './extensions/apis';
import { alertsCard } from './extensions/entityCards';
import { runbooksContent } from './extensions/entityContents';
import { firingHomeSection } from './extensions/homeSections';
import { entityContentRouteRef } from './routes';

/**
 * Shows what fires, since when, and the runbook that helps.
 *
 * @public
 */
export const incidentsPlugin = createFrontendPlugin({
  pluginId: 'incidents',
  title: 'Alerts and runbooks',
  icon: <AlertIcon fontSize="inherit" />,
  routes: { entityContent: entityContentRouteRef },
  extensions: [incidentsApi, alertsCard, runbooksContent, firingHomeSection],
});
