import { branchHost, deploymentHost, productionHostCandidates } from '../hosts';
import type { Deployment, EnvVariable, Project } from '../model';

/** The environment that a deployment is created with. */
export interface DeploymentVariables {
  variables: Record<string, string>;
  secretKeys: string[];
}

/**
 * Puts together a deployment's environment: the project's variables for its
 * target (one for its branch wins), and the platform's own.
 *
 * Taken once, at creation: a variable that changes later counts for the next
 * deployment, as on the real platform.
 */
export function collectVariables(options: {
  project: Project;
  deployment: Deployment;
  env: EnvVariable[];
  publicHost: (host: string) => string;
}): DeploymentVariables {
  const { project, deployment, publicHost } = options;
  const { customEnvironment, target = 'preview' } = deployment;
  const branch = deployment.git?.ref;
  const system = systemVariables(project, deployment, publicHost);
  const variables: Record<string, string> = {};
  const secretKeys = new Set<string>();
  const chosen = options.env
    .filter(({ targets, customEnvironmentIds }) =>
      customEnvironment
        ? customEnvironmentIds?.includes(customEnvironment.id)
        : targets.includes(target),
    )
    .filter(({ gitBranch }) => !gitBranch || gitBranch === branch)
    .sort(
      (a, b) => Number(Boolean(a.gitBranch)) - Number(Boolean(b.gitBranch)),
    );
  for (const variable of chosen) {
    if (variable.type === 'system') {
      variables[variable.key] = system[variable.value] ?? '';
    } else {
      variables[variable.key] = variable.value;
    }
    if (variable.type === 'sensitive' || variable.type === 'encrypted') {
      secretKeys.add(variable.key);
    } else {
      secretKeys.delete(variable.key);
    }
  }
  return {
    variables: { ...variables, ...system },
    secretKeys: [...secretKeys],
  };
}

function systemVariables(
  project: Project,
  deployment: Deployment,
  publicHost: (host: string) => string,
): Record<string, string> {
  const { git } = deployment;
  return {
    VERCEL: '1',
    VERCEL_ENV: deployment.target ?? 'preview',
    VERCEL_TARGET_ENV:
      deployment.customEnvironment?.slug ?? deployment.target ?? 'preview',
    VERCEL_REGION: 'dev1',
    VERCEL_URL: publicHost(deploymentHost(deployment)),
    VERCEL_PROJECT_PRODUCTION_URL: publicHost(
      productionHostCandidates(project.name)[0],
    ),
    VERCEL_PROJECT_ID: project.id,
    VERCEL_DEPLOYMENT_ID: deployment.id,
    ...(git && {
      VERCEL_BRANCH_URL: publicHost(branchHost(project.name, git.ref)),
      VERCEL_GIT_PROVIDER: 'github',
      VERCEL_GIT_REPO_ID: String(git.repositoryId),
      VERCEL_GIT_REPO_OWNER: git.owner,
      VERCEL_GIT_REPO_SLUG: git.repo,
      VERCEL_GIT_COMMIT_REF: git.ref,
      VERCEL_GIT_COMMIT_SHA: git.sha,
      VERCEL_GIT_COMMIT_MESSAGE: git.message.slice(0, 2048),
      VERCEL_GIT_COMMIT_AUTHOR_NAME: git.authorName,
      VERCEL_GIT_COMMIT_AUTHOR_LOGIN: deployment.creator,
    }),
  };
}
