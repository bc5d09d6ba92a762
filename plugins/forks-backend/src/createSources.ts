import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { DefaultGithubCredentialsProvider } from '@backstage/integration';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  createVercelClient,
  UrlProbe,
  type UpstreamLimits,
} from '@forkyard/backend-kit';
import type { ForksOptions } from './config';
import { CatalogRegistrationSource } from './sources/CatalogRegistrationSource';
import { GithubRepositorySource } from './sources/GithubRepositorySource';
import {
  GitRepositoryPusher,
  type RepositoryPusher,
} from './sources/GitRepositoryPusher';
import type {
  DeploymentSource,
  ProjectSource,
  StoreSource,
} from './sources/HostingSource';
import type { RegistrationSource } from './sources/RegistrationSource';
import type { RepositorySource } from './sources/RepositorySource';
import { VercelDeploymentSource } from './sources/VercelDeploymentSource';
import { VercelProjectSource } from './sources/VercelProjectSource';
import { VercelStoreSource } from './sources/VercelStoreSource';

/** Everything outside that forks are made with. */
export interface Sources {
  repositories: RepositorySource;
  pusher: RepositoryPusher;
  projects: ProjectSource;
  stores: StoreSource;
  deployments: DeploymentSource;
  registration: RegistrationSource;
  probe: UrlProbe;
}

/**
 * Creates the adapters to what is outside.
 */
export function createSources(
  options: ForksOptions,
  deps: {
    logger: LoggerService;
    catalog: CatalogService;
    auth: AuthService;
    limits?: UpstreamLimits;
  },
): Sources {
  const { logger, limits } = deps;
  const vercel = createVercelClient({ ...options.vercel, logger, limits });
  return {
    repositories: new GithubRepositorySource({
      integration: options.githubIntegration,
      credentialsProvider: DefaultGithubCredentialsProvider.fromIntegrations(
        options.integrations,
      ),
      organization: options.organization,
      logger,
      limits,
    }),
    pusher: new GitRepositoryPusher({ cacheDirectory: options.cacheDirectory }),
    projects: new VercelProjectSource(vercel),
    stores: new VercelStoreSource(vercel),
    deployments: new VercelDeploymentSource(vercel),
    registration: new CatalogRegistrationSource(deps.catalog, deps.auth),
    probe: new UrlProbe({
      purpose: 'probe',
      ownRequests: options.ownRequests,
    }),
  };
}
