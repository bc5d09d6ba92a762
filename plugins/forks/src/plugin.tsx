import { createFrontendPlugin } from '@backstage/frontend-plugin-api';
import ForkRightIcon from '@mui/icons-material/ForkRight';
import { forksApi } from './extensions/apis';
import { aboutForkCard } from './extensions/entityCards';
import {
  baseApplicationPickerField,
  forkNameField,
  forkPlanField,
  forkSecretsField,
} from './extensions/formFields';
import { forksHomeSection } from './extensions/homeSections';
import { forksPage } from './extensions/pages';
import {
  entityPageRouteRef,
  provisioningRouteRef,
  rootRouteRef,
  templateRouteRef,
} from './routes';

/**
 * Forks in the browser: the portfolio, the progress of a provisioning, the
 * card on an entity, the fields of the form, the section of the home page.
 *
 * @public
 */
export const forksPlugin = createFrontendPlugin({
  pluginId: 'forks',
  title: 'Forks',
  icon: <ForkRightIcon fontSize="inherit" />,
  routes: { root: rootRouteRef, provisioning: provisioningRouteRef },
  externalRoutes: {
    entityPage: entityPageRouteRef,
    template: templateRouteRef,
  },
  extensions: [
    forksApi,
    forksPage,
    aboutForkCard,
    forksHomeSection,
    forkNameField,
    baseApplicationPickerField,
    forkSecretsField,
    forkPlanField,
  ],
});
