import { createBackend } from '@backstage/backend-defaults';
import { assertSettings, findLastConfig } from './assertSettings';
import { loopbackHosts } from './loopbackHosts';
import { notificationChannels } from './notificationChannels';

assertSettings(findLastConfig(process.argv), process.env);

const backend = createBackend();
backend.add(loopbackHosts);

// The frontend, served by the backend in production.
backend.add(import('@backstage/plugin-app-backend'));

// Who is asking, and what they may do.
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-auth-backend-module-github-provider'));
backend.add(import('@backstage/plugin-permission-backend'));
backend.add(import('@forkyard/plugin-permission-backend-module-forkyard'));

// The catalog and its search.
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-logs'));
backend.add(
  import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'),
);
backend.add(import('@forkyard/plugin-catalog-backend-module-forks'));
backend.add(import('@backstage/plugin-search-backend'));
backend.add(import('@backstage/plugin-search-backend-module-pg'));
backend.add(import('@backstage/plugin-search-backend-module-catalog'));

// Forms.
backend.add(import('@backstage/plugin-scaffolder-backend'));
backend.add(import('@backstage/plugin-scaffolder-backend-module-github'));
backend.add(
  import('@backstage/plugin-scaffolder-backend-module-notifications'),
);
backend.add(import('@forkyard/plugin-scaffolder-backend-module-forks'));

// Forks and what they run.
backend.add(import('@forkyard/plugin-forks-backend'));
backend.add(import('@forkyard/plugin-deployments-backend'));
backend.add(import('@forkyard/plugin-deployments-backend-module-vercel'));

// How well they do: what users get, what it costs, what is unsafe, what is wrong.
backend.add(import('@forkyard/plugin-slo-backend'));
backend.add(import('@forkyard/plugin-cost-backend'));
backend.add(import('@forkyard/plugin-security-findings-backend'));
backend.add(import('@forkyard/plugin-incidents-backend'));

// What other parts are told, and what people see of it at once.
backend.add(import('@backstage/plugin-events-backend'));
backend.add(import('@backstage/plugin-notifications-backend'));
backend.add(notificationChannels);
backend.add(import('@backstage/plugin-signals-backend'));
backend.add(import('@backstage/plugin-user-settings-backend'));

// The same operations for agents.
backend.add(import('@backstage/plugin-mcp-actions-backend'));

backend.start();
