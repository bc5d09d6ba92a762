import { createApp } from '@backstage/frontend-defaults';
import appUserSettings from '@backstage/plugin-app-module-user-settings';
import authPlugin from '@backstage/plugin-auth';
import catalogPlugin from '@backstage/plugin-catalog/alpha';
import catalogGraphPlugin from '@backstage/plugin-catalog-graph/alpha';
import notificationsPlugin from '@backstage/plugin-notifications/alpha';
import orgPlugin from '@backstage/plugin-org/alpha';
import scaffolderPlugin from '@backstage/plugin-scaffolder/alpha';
import searchPlugin from '@backstage/plugin-search/alpha';
import signalsPlugin from '@backstage/plugin-signals/alpha';
import userSettingsPlugin from '@backstage/plugin-user-settings/alpha';
import costPlugin from '@forkyard/plugin-cost';
import deploymentsPlugin from '@forkyard/plugin-deployments';
import forksPlugin from '@forkyard/plugin-forks';
import incidentsPlugin from '@forkyard/plugin-incidents';
import securityFindingsPlugin from '@forkyard/plugin-security-findings';
import sloPlugin from '@forkyard/plugin-slo';
import { homePlugin } from './modules/home';
import { navModule } from './modules/nav';
import { notificationsModule } from './modules/notifications';
import { signInModule } from './modules/signIn';
import { themeModule } from './modules/theme';

/** What the portal consists of; each feature brings its own pages and cards. */
export const features = [
  // The frame
  navModule,
  themeModule,
  signInModule,
  authPlugin,
  userSettingsPlugin,
  appUserSettings,
  // Backstage
  catalogPlugin,
  catalogGraphPlugin,
  orgPlugin,
  scaffolderPlugin,
  searchPlugin,
  notificationsPlugin,
  notificationsModule,
  signalsPlugin,
  // Forkyard
  homePlugin,
  forksPlugin,
  deploymentsPlugin,
  sloPlugin,
  incidentsPlugin,
  securityFindingsPlugin,
  costPlugin,
];

export const app = createApp({ features });
