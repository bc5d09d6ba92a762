import { unprocessable } from '../errors';
import type { Deployment, Project } from '../model';
import type { VercelStores } from '../store';
import { findActive, getActive } from './activeRelease';
import {
  alreadyCurrent,
  checkPromotable,
  checkTrafficRests,
  releaseInProgress,
} from './checkPromotable';
import type { CheckService } from './CheckService';
import type { DeploymentLauncher } from './DeploymentLauncher';
import type { ProductionHosts } from './ProductionHosts';
import type { RollingReleases } from './RollingReleases';
import type { WebhookNotifier } from './WebhookNotifier';

/** Moves production's traffic: after a build, by promotion, by rollback. */
export class TrafficSwitch {
  readonly #stores: VercelStores;
  readonly #launcher: DeploymentLauncher;
  readonly #production: ProductionHosts;
  readonly #releases: RollingReleases;
  readonly #checks: CheckService;
  readonly #notifier: WebhookNotifier;
  readonly #log: { error(message: string): void };
  readonly #running = new Set<Promise<void>>();
  #stopping = false;

  constructor(options: {
    stores: VercelStores;
    launcher: DeploymentLauncher;
    production: ProductionHosts;
    releases: RollingReleases;
    checks: CheckService;
    notifier: WebhookNotifier;
    log: { error(message: string): void };
  }) {
    this.#stores = options.stores;
    this.#launcher = options.launcher;
    this.#production = options.production;
    this.#releases = options.releases;
    this.#checks = options.checks;
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
  #takesTraffic(project: Project, deployment: Deployment): boolean {
    if (deployment.target !== 'production') return false;
    if (this.#checks.isHeld(deployment.id)) return false;
    if (!project.settings.autoAssignCustomDomains || project.rollback) {
      return false;
    }
    const live =
      project.productionDeploymentId &&
      this.#stores.deployments.find(project.productionDeploymentId);
    // A slow build must not undo what a later one has brought.
    return !live || live.createdAt <= deployment.createdAt;
  }

  /**
   * Gives a production deployment that was built just now the traffic it may
   * have: all, a first share, or none yet. Tells whether it has all.
   */
  admit(project: Project, deployment: Deployment): boolean {
    if (!this.#takesTraffic(project, deployment)) return false;
    if (this.#releases.applies(project, deployment)) {
      this.#releases.begin(project.id, deployment.id, 'deployment-ready');
      return false;
    }
    this.#production.assign(project.id, deployment.id);
    return true;
  }

  /** Gives a deployment that its checks have held until now what it waited for. */
  admitReleased(deploymentId: string): void {
    const deployment = this.#stores.deployments.find(deploymentId);
    const project =
      deployment && this.#stores.projects.find(deployment.projectId);
    if (deployment?.state !== 'READY' || !project) return;
    if (project.productionDeploymentId === deploymentId) return;
    if (this.admit(project, deployment)) {
      this.#notifier.deploymentEvent(
        'deployment.promoted',
        project,
        deployment,
      );
    }
  }

  requestPromote(project: Project, deployment: Deployment): void {
    checkPromotable(deployment, 'promoted');
    if (findActive(project)) throw releaseInProgress(project);
    const pinned = project.rollback?.deploymentId === deployment.id;
    if (project.productionDeploymentId === deployment.id && !pinned) {
      throw alreadyCurrent(deployment);
    }
    checkTrafficRests(project);
    this.#accept(project, deployment, { type: 'promote' });
  }

  /** Aborts a rolling release too, at once, whatever the target. */
  requestRollback(
    project: Project,
    deployment: Deployment,
    description?: string,
  ): void {
    checkPromotable(deployment, 'rolled back to');
    const pinned = project.rollback?.deploymentId === deployment.id;
    if (
      project.productionDeploymentId === deployment.id &&
      !pinned &&
      !findActive(project)
    ) {
      throw alreadyCurrent(deployment);
    }
    checkTrafficRests(project);
    if (!deployment.promotedAt) {
      throw unprocessable(
        `Deployment "${deployment.id}" was never in production, so there is nothing to roll back to. Promote it instead.`,
        'not_rollback_candidate',
      );
    }
    this.#accept(project, deployment, { type: 'rollback', description });
  }

  /** Sends the traffic that a rolling release has taken away back to its base. */
  abortRelease(project: Project, canaryDeploymentId: string): void {
    const release = getActive(project, canaryDeploymentId);
    const base = this.#stores.deployments.find(release.baseDeploymentId);
    if (base) this.requestRollback(project, base);
    else this.#releases.abandon(project.id, 'abort');
  }

  #accept(
    project: Project,
    deployment: Deployment,
    request: { type: 'promote' | 'rollback'; description?: string },
  ): void {
    const { type, description } = request;
    this.#stores.transaction(() => {
      if (type === 'rollback') {
        this.#releases.abandon(project.id, 'assign-alias');
      }
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
            : this.#pinDuringPromotion(known, deployment),
      }));
    });
    this.#run(project.id);
  }

  /** A release in stages ends the pin only when it is complete. */
  #pinDuringPromotion(project: Project, deployment: Deployment) {
    return this.#releases.applies(project, deployment)
      ? project.rollback
      : undefined;
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
    const project = this.#stores.projects.find(projectId);
    if (!project) return;
    if (
      request.type === 'promote' &&
      this.#releases.applies(project, deployment)
    ) {
      this.#releases.begin(projectId, deployment.id, 'promote');
      this.#setStatus(projectId, 'succeeded');
      return;
    }
    this.#production.assign(projectId, deployment.id);
    this.#setStatus(projectId, 'succeeded');
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
}
