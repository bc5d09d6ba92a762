import type { GatewayDirectory, TrafficSplit } from '../gateway';
import type { Upstream } from '../runtime';
import { findLabel } from './hosts';
import type { Deployment, RollingRelease } from './model';
import { canaryPercentage } from './rollingStages';
import type { DeploymentLauncher } from './services/DeploymentLauncher';
import { findActive } from './services/activeRelease';
import type { VercelStores } from './store';

/** Tells the gateway which deployment a host name leads to. */
export class GatewayHosts implements GatewayDirectory<Deployment> {
  readonly #stores: VercelStores;
  readonly #launcher: DeploymentLauncher;
  readonly #publicHost: (host: string) => string;
  readonly #minuteMillis: number;

  constructor(options: {
    stores: VercelStores;
    launcher: DeploymentLauncher;
    publicHost: (host: string) => string;
    minuteMillis: number;
  }) {
    this.#stores = options.stores;
    this.#launcher = options.launcher;
    this.#publicHost = options.publicHost;
    this.#minuteMillis = options.minuteMillis;
  }

  find(host: string) {
    const label = findLabel(host);
    // A custom domain can be tried in a browser as `<domain>.localhost`.
    return this.#findName(host) ?? (label ? this.#findName(label) : undefined);
  }

  acquire(deployment: Deployment): Promise<Upstream> {
    return this.#launcher.acquire(deployment);
  }

  #findName(host: string) {
    const { aliases, deployments, domains } = this.#stores;
    const domain = domains.find(host);
    if (domain?.redirect) {
      const target = this.#publicHost(domain.redirect);
      const status = domain.redirectStatusCode ?? 307;
      return {
        redirect: { location: `http://${target}`, status },
        deployment: this.#production(domain.projectId),
      };
    }
    const label = findLabel(host);
    const own = label ? deployments.findByLabel(label) : undefined;
    if (own) return this.#destination(own);
    const alias = aliases.find(host);
    if (alias?.redirect) {
      const target = this.#publicHost(alias.redirect);
      return {
        redirect: { location: `http://${target}`, status: 307 },
        deployment: deployments.find(alias.deploymentId),
      };
    }
    const deployment = alias && deployments.find(alias.deploymentId);
    const domainOfBranch = domain?.gitBranch !== undefined;
    return (
      deployment &&
      this.#destination(deployment, release => {
        return release.hosts.includes(host) || (!!domain && !domainOfBranch);
      })
    );
  }

  #production(projectId: string): Deployment | undefined {
    const live = this.#stores.projects.find(projectId)?.productionDeploymentId;
    return live === undefined ? undefined : this.#stores.deployments.find(live);
  }

  #destination(
    deployment: Deployment,
    isProduction?: (release: RollingRelease) => boolean,
  ) {
    const project = this.#stores.projects.find(deployment.projectId);
    const release = project && findActive(project);
    return {
      deployment,
      paused: project?.paused ?? false,
      split:
        release?.baseDeploymentId === deployment.id && isProduction?.(release)
          ? this.#split(release, deployment.projectId)
          : undefined,
    };
  }

  #split(release: RollingRelease, projectId: string): TrafficSplit<Deployment> {
    return {
      id: release.id,
      cookieName: `_vcrr_${projectId}`,
      percentage: canaryPercentage(release, Date.now(), this.#minuteMillis),
      findCanary: () => {
        return this.#stores.deployments.find(release.canaryDeploymentId);
      },
      announcesCanary: release.config.canaryResponseHeader ?? false,
    };
  }
}
