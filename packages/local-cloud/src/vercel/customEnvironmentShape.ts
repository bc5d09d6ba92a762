import { environmentHost } from './hosts';
import type { CustomEnvironment, Project } from './model';
import type { VercelStores } from './store';

/**
 * Writes a custom environment as the API does. Domains of people cannot be
 * given to one here, so that it has none but its generated name.
 */
export function customEnvironmentShape(
  project: Project,
  environment: CustomEnvironment,
  options: { stores: VercelStores; publicHost: (host: string) => string },
) {
  const { stores, publicHost } = options;
  const { id, slug, description, branchMatcher } = environment;
  const alias = stores.aliases.find(environmentHost(project.name, slug));
  const isOurs = alias?.projectId === project.id;
  return {
    id,
    slug,
    // Of which standard environment it is a kind; never production's.
    type: 'preview',
    description,
    branchMatcher,
    domains: [],
    currentDeploymentAliases: isOurs ? [publicHost(alias.host)] : [],
    createdAt: environment.createdAt,
    updatedAt: environment.updatedAt,
  };
}
