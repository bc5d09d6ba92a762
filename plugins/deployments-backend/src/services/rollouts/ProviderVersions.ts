import { isError } from '@backstage/errors';
import type {
  DeploymentProvider,
  ProjectRef,
  ProviderDeployment,
} from '@forkyard/plugin-deployments-node';
import { externalIdOf } from './externalIdOf';

/** Versions remembered; the oldest are forgotten. */
const REMEMBERED = 2000;

interface Seen {
  deployment: ProviderDeployment;
  at: Date;
}

/** One look at a few versions. */
export class VersionView {
  #isRemembered = false;

  constructor(
    private readonly options: {
      provider: DeploymentProvider;
      project: ProjectRef;
      now: Date;
      since: Date;
      seen: Map<string, Seen>;
    },
  ) {}

  /** Whether something that was looked at came from memory. */
  get isRemembered(): boolean {
    return this.#isRemembered;
  }

  /** Undefined when the provider knows no such deployment. */
  async look(deploymentId: string): Promise<ProviderDeployment | undefined> {
    const { provider, project, now, since, seen } = this.options;
    const before = seen.get(deploymentId);
    if (before && before.at >= since) {
      this.#isRemembered ||= before.at < now;
      return before.deployment;
    }
    seen.delete(deploymentId);
    const deployment = await find(provider, project, deploymentId);
    if (deployment?.state === 'ready') {
      seen.set(deploymentId, { deployment, at: now });
      const [oldest] = seen.keys();
      if (seen.size > REMEMBERED) seen.delete(oldest);
    }
    return deployment;
  }
}

/**
 * Looks at versions at the provider, and remembers those that were ready: all
 * that can still become of them is that they are deleted.
 */
export class ProviderVersions {
  readonly #seen = new Map<string, Seen>();

  /** Begins a look at some of them; what was seen before `since` is asked anew. */
  view(options: {
    provider: DeploymentProvider;
    project: ProjectRef;
    now: Date;
    since: Date;
  }): VersionView {
    return new VersionView({ ...options, seen: this.#seen });
  }

  forget(deploymentId: string): void {
    this.#seen.delete(deploymentId);
  }
}

async function find(
  provider: DeploymentProvider,
  project: ProjectRef,
  deploymentId: string,
): Promise<ProviderDeployment | undefined> {
  try {
    return await provider.getDeployment(project, externalIdOf(deploymentId));
  } catch (error) {
    if (isError(error) && error.name === 'NotFoundError') return undefined;
    throw error;
  }
}
