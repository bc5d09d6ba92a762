import type { Project, RepositoryLink } from './model';
import type { VercelStores } from './store';

/** Writes the host names of production as the API does. */
export function productionAliases(
  project: Project,
  options: { stores: VercelStores; publicHost: (host: string) => string },
) {
  const { stores, publicHost } = options;
  return stores.aliases
    .list({ projectId: project.id, limit: 100 })
    .filter(({ deploymentId }) => {
      return deploymentId === project.productionDeploymentId;
    })
    .map(alias => ({
      alias: alias.host,
      domain: publicHost(alias.host),
      configuredBy: 'A',
      configuredChangedAt: alias.updatedAt,
      createdAt: alias.createdAt,
      deployment: null,
      environment: 'production',
      target: 'PRODUCTION',
    }));
}

/** Writes the link to a repository as the API does. */
export function linkShape(link: RepositoryLink) {
  return {
    type: 'github',
    org: link.owner,
    repo: link.repo,
    repoId: link.repositoryId,
    productionBranch: link.productionBranch,
    gitCredentialId: 'cred_local',
    sourceless: true,
    deployHooks: [],
    createdAt: link.createdAt,
    updatedAt: link.createdAt,
  };
}
