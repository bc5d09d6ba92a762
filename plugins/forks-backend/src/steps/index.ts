import { provisioningSteps } from '@forkyard/plugin-forks-common';
import type { ForksOptions } from '../config';
import type { Sources } from '../createSources';
import { createDeploymentStep } from './deploymentStep';
import { createDomainStep } from './domainStep';
import { createEnvironmentStep } from './environmentStep';
import { createProjectStep } from './projectStep';
import { createRegistrationStep } from './registrationStep';
import { createRepositoryStep } from './repositoryStep';
import type { Step } from './Step';
import { createStoresStep } from './storesStep';
import { createVerificationStep } from './verificationStep';

/**
 * Creates the steps, in the order in which they run.
 */
export function createSteps(
  options: Pick<ForksOptions, 'organization' | 'author' | 'vercel' | 'store'>,
  sources: Sources,
): Step[] {
  const { organization, author, store } = options;
  const { teamId } = options.vercel;
  const steps = {
    repository: createRepositoryStep({
      ...sources,
      organization,
      author,
      teamId,
    }),
    project: createProjectStep({ ...sources, organization }),
    environment: createEnvironmentStep(sources),
    stores: createStoresStep({ ...sources, store }),
    domain: createDomainStep(sources),
    deployment: createDeploymentStep({ ...sources, organization }),
    verification: createVerificationStep(sources),
    registration: createRegistrationStep(sources),
  };
  return provisioningSteps.map(id => steps[id]);
}
