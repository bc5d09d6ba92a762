import type { DeploymentRuntime } from '../../runtime';
import { badRequest, conflict } from '../errors';
import type { Deployment, Project } from '../model';
import type { VercelStores } from '../store';
import { findActive } from './activeRelease';
import type { DeploymentBuilder } from './DeploymentBuilder';
import type { DeploymentCreator } from './DeploymentCreator';
import type { RollingReleases } from './RollingReleases';
import type { WebhookNotifier } from './WebhookNotifier';

/** Cancels and deletes deployments, with processes and files. */
export class DeploymentRemover {
  readonly #stores: VercelStores;
  readonly #runtime: DeploymentRuntime;
  readonly #builder: DeploymentBuilder;
  readonly #creator: DeploymentCreator;
  readonly #releases: RollingReleases;
  readonly #notifier: WebhookNotifier;

  constructor(options: {
    stores: VercelStores;
    runtime: DeploymentRuntime;
    builder: DeploymentBuilder;
    creator: DeploymentCreator;
    releases: RollingReleases;
    notifier: WebhookNotifier;
  }) {
    this.#stores = options.stores;
    this.#runtime = options.runtime;
    this.#builder = options.builder;
    this.#creator = options.creator;
    this.#releases = options.releases;
    this.#notifier = options.notifier;
  }

  async cancel(deployment: Deployment): Promise<Deployment> {
    const canceled = this.#stores.deployments.update(deployment.id, known =>
      known.state === 'QUEUED' || known.state === 'BUILDING'
        ? { state: 'CANCELED', endedAt: Date.now() }
        : undefined,
    );
    if (!canceled) {
      throw badRequest(
        `Deployment "${deployment.id}" is ${deployment.state} and can't be canceled. Only a deployment that is being built can.`,
      );
    }
    await this.#builder.cancel(deployment.id);
    await this.#runtime.remove(deployment.id);
    const project = this.#stores.projects.find(deployment.projectId);
    if (project) {
      this.#notifier.deploymentEvent('deployment.canceled', project, canceled);
    }
    return canceled;
  }

  async delete(deployment: Deployment): Promise<void> {
    const project = this.#stores.projects.find(deployment.projectId);
    const request = project?.lastAliasRequest;
    if (
      request?.toDeploymentId === deployment.id &&
      (request.jobStatus === 'pending' || request.jobStatus === 'in-progress')
    ) {
      throw conflict(
        `Deployment "${deployment.id}" is being promoted. Delete it when that is over.`,
      );
    }
    const release = project && findActive(project);
    if (release?.baseDeploymentId === deployment.id) {
      throw conflict(
        `Deployment "${deployment.id}" is the base of a rolling release. Complete or abort it first.`,
        'rolling_release_in_progress',
      );
    }
    if (project && release?.canaryDeploymentId === deployment.id) {
      this.#releases.abandon(project.id, 'delete-deployment');
    }
    await this.#remove(deployment);
    if (project?.productionDeploymentId === deployment.id) {
      this.#stores.projects.update(project.id, known => ({
        ...known,
        productionDeploymentId: undefined,
      }));
    }
    if (project) {
      this.#notifier.deploymentEvent('deployment.cleanup', project, deployment);
    }
  }

  /** Ends everything that a project has running, before it is deleted. */
  async removeAll(project: Project): Promise<void> {
    const deployments = this.#stores.deployments.list({
      projectIds: [project.id],
      limit: -1,
    });
    for (const deployment of deployments) await this.#remove(deployment);
  }

  async #remove(deployment: Deployment): Promise<void> {
    // Gone from the tables first, so that no request starts it again.
    this.#stores.deployments.delete(deployment.id);
    await this.#builder.cancel(deployment.id);
    await this.#runtime.remove(deployment.id);
    await this.#creator.removeFiles(deployment.id);
  }
}
