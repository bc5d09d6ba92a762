import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import SecurityIcon from '@mui/icons-material/ShieldOutlined';
import { securityFindingsApi } from './extensions/apis';
import { findingsCard } from './extensions/entityCards';
import { securityContent } from './extensions/entityContents';
import { entityContentRouteRef } from './routes';

/**
 * Shows what scanners found in an entity, by when it should be fixed, and what
 * was waived.
 *
 * @public
 */
export const securityFindingsPlugin = createFrontendPlugin({
  pluginId: 'security-findings',
  title: 'Security findings',
  icon: <SecurityIcon fontSize="inherit" />,
  routes: { entityContent: entityContentRouteRef },
  extensions: [securityFindingsApi, findingsCard, securityContent],
});
