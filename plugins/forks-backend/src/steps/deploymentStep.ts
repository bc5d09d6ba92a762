import { ServiceUnavailableError } from '@backstage/errors';
import type {
  HostingDeployment,
  DeploymentSource,
} from '../sources/HostingSource';
import { poll } from './poll';
import { FORK_BRANCH } from './repositoryStep';
import { getFact, type Step, type StepContext } from './Step';
import { StepFailedError } from './StepFailedError';

/** How long a ready deployment may take to get production's host name. */
const ALIAS_PATIENCE_MS = 20_000;

/**
 * Deploys the pushed commit to production and waits until it is ready, with the
 * build log in the provisioning's.
 */
export function createDeploymentStep(options: {
  deployments: DeploymentSource;
  organization: string;
}): Step {
  const { deployments } = options;
  return {
    id: 'deployment',
    title: 'Deploy to production',
    timeLimitSeconds: 15 * 60,

    plan: ({ name }) => ({
      resources: [{ kind: 'deployment', name: `${name} (production)` }],
      undo: [],
    }),

    async run(context) {
      const started = await getOrCreate(context, options);
      await context.checkpoint({ deploymentId: started.id });
      const ready = await waitUntilReady(deployments, started.id, context);
      const productionUrl = toUrl(findProductionHost(ready, context));
      context.log(`Deployment ${ready.id} is ready at ${productionUrl}`);
      return {
        resources: [
          {
            kind: 'deployment',
            name: `${context.request.name} (production)`,
            externalId: ready.id,
            url: productionUrl,
          },
        ],
        facts: { deploymentId: ready.id, productionUrl },
        fork: { productionUrl },
      };
    },

    /** It goes with the project. */
    async undo() {},
  };
}

async function getOrCreate(
  context: StepContext,
  {
    deployments,
    organization,
  }: { deployments: DeploymentSource; organization: string },
): Promise<HostingDeployment> {
  const projectId = getFact(context, 'projectId');
  const sha = getFact(context, 'commitSha');
  const findUsable = async () =>
    (await deployments.listProductionDeployments({ projectId, sha })).find(
      ({ state }) => state === 'building' || state === 'ready',
    );
  const found = await findUsable();
  if (found) {
    context.log(
      `Deployment ${found.id} of ${sha.slice(0, 7)} is there already`,
    );
    return found;
  }
  try {
    const created = await deployments.createDeployment({
      projectId,
      projectName: context.request.name,
      repository: { owner: organization, repo: context.request.name },
      branch: FORK_BRANCH,
      sha,
    });
    context.log(`Started deployment ${created.id} of ${sha.slice(0, 7)}`);
    return created;
  } catch (error) {
    if (!(error instanceof ServiceUnavailableError)) throw error;
    const made = await findUsable();
    if (!made) throw error;
    return made;
  }
}

async function waitUntilReady(
  deployments: DeploymentSource,
  id: string,
  context: StepContext,
): Promise<HostingDeployment> {
  const forwardLog = createLogForwarder(deployments, id, context);
  let readySince: number | undefined;
  return poll(
    async () => {
      const deployment = await deployments.getDeployment({ id });
      await forwardLog();
      if (deployment.state === 'failed' || deployment.state === 'canceled') {
        throw new StepFailedError({
          message: `The build ${deployment.state === 'failed' ? 'failed' : 'was canceled'}${deployment.errorMessage ? `: ${deployment.errorMessage}` : ''}`,
          action:
            'Read the build log, mend the base application or the variables, then resume; or unwind',
          retryable: true,
        });
      }
      if (deployment.state !== 'ready') return undefined;
      readySince ??= performance.now();
      return deployment.aliases.length > 0 ||
        performance.now() - readySince > ALIAS_PATIENCE_MS
        ? deployment
        : undefined;
    },
    { signal: context.signal, firstPauseMs: 200 },
  );
}

/** Hands on each line of the build log once. */
function createLogForwarder(
  deployments: DeploymentSource,
  id: string,
  context: StepContext,
): () => Promise<void> {
  const seen = new Set<string>();
  let since: Date | undefined;
  if (!context.canRedact) {
    context.log(
      'The build log is not shown here: the secrets of this fork are no longer kept, so they could not be recognized in it',
      'warn',
    );
    return async () => {};
  }
  return async () => {
    const lines = await deployments
      .listBuildLog({ id, since })
      .catch((error: Error) => {
        // The build goes on without its log.
        context.log(
          `The build log could not be read: ${error.message}`,
          'warn',
        );
        return [];
      });
    for (const line of lines) {
      if (seen.has(line.id)) continue;
      seen.add(line.id);
      since = line.at;
      context.log(line.text, line.level);
    }
  };
}

/** The project's own host name is the shortest. */
function findProductionHost(
  deployment: HostingDeployment,
  { request }: StepContext,
): string {
  const [shortest] = deployment.aliases
    .filter(host => host !== request.domain)
    .sort((left, right) => left.length - right.length);
  const host = shortest ?? deployment.host;
  if (!host) {
    throw new StepFailedError({
      message: `Deployment ${deployment.id} is ready but has no address`,
      action: 'Look at the project at the hosting provider, then resume',
      retryable: true,
    });
  }
  return host;
}

function toUrl(host: string): string {
  const [name] = host.split(':');
  return `${name.endsWith('.localhost') ? 'http' : 'https'}://${host}`;
}
