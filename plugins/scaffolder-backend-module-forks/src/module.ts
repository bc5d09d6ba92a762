import { createBackendModule } from '@backstage/backend-plugin-api';
import { scaffolderActionsExtensionPoint } from '@backstage/plugin-scaffolder-node';
import { forksServiceRef } from '@forkyard/plugin-forks-node';
import { createCheckPlanAction } from './actions/createCheckPlanAction';
import { createCreateDeploymentAction } from './actions/createCreateDeploymentAction';
import { createCreateProjectAction } from './actions/createCreateProjectAction';
import { createCreateRepositoryAction } from './actions/createCreateRepositoryAction';
import { createRegisterForkAction } from './actions/createRegisterForkAction';

/**
 * Adds the `forks:*` actions to the scaffolder.
 *
 * @public
 */
export const scaffolderModuleForks = createBackendModule({
  pluginId: 'scaffolder',
  moduleId: 'forks',
  register(registration) {
    registration.registerInit({
      deps: {
        scaffolderActions: scaffolderActionsExtensionPoint,
        forks: forksServiceRef,
      },
      async init({ scaffolderActions, forks }) {
        scaffolderActions.addActions(
          createCheckPlanAction({ forks }),
          createCreateRepositoryAction({ forks }),
          createCreateProjectAction({ forks }),
          createCreateDeploymentAction({ forks }),
          createRegisterForkAction({ forks }),
        );
      },
    });
  },
});
