import type { DeploymentRuntime, Upstream } from '../../runtime';
import type { DrainFeed } from '../drains/DrainFeed';
import type { UsageMeter } from '../metering/UsageMeter';
import type { Deployment } from '../model';
import type { VercelStores } from '../store';
import { createRedactor } from './redaction';

/** Brings built deployments up, with their environment and their log. */
export class DeploymentLauncher {
  readonly #runtime: DeploymentRuntime;
  readonly #stores: VercelStores;
  readonly #feed: DrainFeed;
  readonly #meter: UsageMeter;

  constructor(options: {
    runtime: DeploymentRuntime;
    stores: VercelStores;
    /** Hears each line that a deployment writes, without secrets. */
    feed: DrainFeed;
    /** Hears what the processes use. */
    meter: UsageMeter;
  }) {
    this.#runtime = options.runtime;
    this.#stores = options.stores;
    this.#feed = options.feed;
    this.#meter = options.meter;
  }

  /** Answers where a built deployment can be reached, started if need be. */
  async acquire(deployment: Deployment): Promise<Upstream> {
    if (!deployment.plan) {
      throw new Error(`Deployment '${deployment.id}' has not been built`);
    }
    const redact = createRedactor(deployment);
    return this.#runtime.acquire({
      deploymentId: deployment.id,
      plan: deployment.plan,
      variables: deployment.variables,
      onLine: (line, stream) => {
        const text = redact(line);
        this.#stores.logs.appendRuntimeLine(deployment.id, { stream, text });
        this.#feed.addLine({
          source: 'lambda',
          at: Date.now(),
          projectId: deployment.projectId,
          deploymentId: deployment.id,
          stream,
          text,
        });
      },
      onOutOfMemory: () => {
        this.#stores.deployments.update(deployment.id, () => ({
          outOfMemory: true,
        }));
      },
      onUse: use => this.#meter.addProcessUse(deployment.projectId, use),
    });
  }

  /** Makes sure that the deployment answers. */
  async warmUp(deployment: Deployment): Promise<void> {
    const upstream = await this.acquire(deployment);
    if (upstream.kind === 'process') upstream.endUse();
  }
}
