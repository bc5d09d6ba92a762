import { productionHostCandidates } from '../hosts';
import type { Deployment, Project } from '../model';
import { conflict, unprocessable } from '../errors';
import type { VercelStores } from '../store';
import type { DeploymentLauncher } from './DeploymentLauncher';
import type { WebhookNotifier } from './WebhookNotifier';

/** Moves production's traffic: after a build, by promotion, by rollback. */
export class TrafficSwitch {
  readonly #stores: VercelStores;
  readonly #launcher: DeploymentLauncher;
  readonly #notifier: WebhookNotifier;
  readonly #log: { error(message: string): void };
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(options: {
    stores: VercelStores;
    launcher: DeploymentLauncher;
    notifier: WebhookNotifier;
    log: { error(message: string): void };
  }) {
    this.#stores = options.stores;
    this.#launcher = options.launcher;
    this.#notifier = options.notifier;
    this.#log = options.log;
  }

  /** Takes up what an earlier run accepted but did not finish. */
  resume(): void {
    for (const project of this.#stores.projects.listUnfinishedAliasRequests()) {
      this.#run(project.id);
    }
  }

  /** Leaves what is under way for the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#running);
  }

  /** Tells whether a new production deployment takes the traffic by itself. */
  takesTraffic(project: Project, deployment: Deployment): boolean {
    if (deployment.target !== 'production') return false;
    if (!project.settings.autoAssignCustomDomains || project.rollback) {
      return false;
    }
    const live =
      project.productionDeploymentId &&
      this.#stores.deployments.find(project.productionDeploymentId);
    // A slow build must not undo what a later one has brought.
    return !live || live.createdAt <= deployment.createdAt;
  }

  /** Points production's host names at the deployment. Runs in a transaction of its own. */
  assignProduction(projectId: string, deploymentId: string): void {
    this.#stores.transaction(() => {
      const project = this.#stores.projects.find(projectId);
      if (!project) return;
      for (const host of this.#productionHosts(project)) {
        this.#stores.aliases.assign({ host, projectId, deploymentId });
      }
      this.#stores.deployments.update(deploymentId, () => ({
        promotedAt: Date.now(),
      }));
      this.#stores.projects.update(projectId, known => ({
        ...known,
        productionDeploymentId: deploymentId,
      }));
    });
  }

  requestPromote(project: Project, deployment: Deployment): void {
    this.#check(project, deployment, 'promoted');
    this.#accept(project, deployment, 'promote');
  }

  requestRollback(
    project: Project,
    deployment: Deployment,
    description?: string,
  ): void {
    this.#check(project, deployment, 'rolled back to');
    if (!deployment.promotedAt) {
      throw unprocessable(
        `Deployment "${deployment.id}" was never in production, so there is nothing to roll back to. Promote it instead.`,
        'not_rollback_candidate',
      );
    }
    this.#accept(project, deployment, 'rollback', description);
  }

  #check(project: Project, deployment: Deployment, verb: string): void {
    if (deployment.state !== 'READY') {
      throw unprocessable(
        `Deployment "${deployment.id}" is ${deployment.state} and cannot be ${verb}. Only a READY deployment can.`,
        'deployment_not_ready',
      );
    }
    if (deployment.target !== 'production') {
      throw unprocessable(
        `Deployment "${deployment.id}" is a preview and cannot be ${verb}. Create a production deployment of the same commit.`,
        'not_production_deployment',
      );
    }
    const pinned = project.rollback?.deploymentId === deployment.id;
    if (project.productionDeploymentId === deployment.id && !pinned) {
      throw conflict(
        `Deployment "${deployment.id}" is already the current production deployment.`,
        'already_current',
      );
    }
    const status = project.lastAliasRequest?.jobStatus;
    if (status === 'pending' || status === 'in-progress') {
      throw conflict(
        `Production of "${project.name}" is already being moved. Try again when that is over.`,
        'alias_request_in_progress',
      );
    }
  }

  #accept(
    project: Project,
    deployment: Deployment,
    type: 'promote' | 'rollback',
    description?: string,
  ): void {
    this.#stores.projects.update(project.id, known => ({
      ...known,
      lastAliasRequest: {
        type,
        jobStatus: 'pending',
        fromDeploymentId: known.productionDeploymentId ?? '',
        toDeploymentId: deployment.id,
        requestedAt: Date.now(),
      },
      // Accepted at once, so that a build that ends now does not slip in.
      rollback:
        type === 'rollback'
          ? { deploymentId: deployment.id, description, at: Date.now() }
          : undefined,
    }));
    this.#run(project.id);
  }

  #run(projectId: string): void {
    const work = this.#move(projectId)
      .catch(error => this.#log.error(`Moving traffic failed: ${error}`))
      .finally(() => this.#running.delete(work));
    this.#running.add(work);
  }

  async #move(projectId: string): Promise<void> {
    const request = this.#setStatus(projectId, 'in-progress');
    if (!request) return;
    const deployment = this.#stores.deployments.find(request.toDeploymentId);
    if (!deployment) {
      this.#setStatus(projectId, 'failed');
      return;
    }
    try {
      // Traffic only moves to a process that answers.
      await this.#launcher.warmUp(deployment);
    } catch {
      if (!this.#stopping) this.#setStatus(projectId, 'failed');
      return;
    }
    this.assignProduction(projectId, deployment.id);
    this.#setStatus(projectId, 'succeeded');
    const project = this.#stores.projects.find(projectId);
    if (!project) return;
    this.#notifier.deploymentEvent(
      request.type === 'promote'
        ? 'deployment.promoted'
        : 'deployment.rollback',
      project,
      deployment,
    );
  }

  #setStatus(
    projectId: string,
    jobStatus: 'in-progress' | 'succeeded' | 'failed',
  ) {
    return this.#stores.projects.update(projectId, known => ({
      ...known,
      lastAliasRequest: known.lastAliasRequest && {
        ...known.lastAliasRequest,
        jobStatus,
      },
    }))?.lastAliasRequest;
  }

  #productionHosts(project: Project): string[] {
    const own =
      productionHostCandidates(project.name).find(host => {
        const alias = this.#stores.aliases.find(host);
        return !alias || alias.projectId === project.id;
      }) ?? [];
    const domains = this.#stores.domains
      .list(project.id)
      .filter(({ verified, gitBranch, redirect }) => {
        return verified && !gitBranch && !redirect;
      })
      .map(({ name }) => name);
    return [own, domains].flat();
  }
}
