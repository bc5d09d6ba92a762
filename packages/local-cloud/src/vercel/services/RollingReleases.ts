import type { DeploymentRuntime } from '../../runtime';
import { badRequest, notFound, unprocessable } from '../errors';
import { newId } from '../ids';
import type {
  Deployment,
  Project,
  RollingRelease,
  RollingReleaseConfig,
} from '../model';
import { stageEndsAt } from '../rollingStages';
import type { VercelStores } from '../store';
import { findActive, getActive } from './activeRelease';
import { checkReleasable, releaseInProgress } from './checkPromotable';
import type { DeploymentLauncher } from './DeploymentLauncher';
import type { ProductionHosts } from './ProductionHosts';
import type { WebhookNotifier } from './WebhookNotifier';

const RETRY_MILLIS = 5_000;

interface RollingReleasesOptions {
  stores: VercelStores;
  runtime: DeploymentRuntime;
  launcher: DeploymentLauncher;
  production: ProductionHosts;
  notifier: WebhookNotifier;
  /** Length of a minute of a stage's duration. */
  minuteMillis: number;
  log: { error(message: string): void };
}

/**
 * Moves production's traffic to a new deployment in stages.
 *
 * The release is a part of the project's row, so each step of it is one write,
 * and the gateway, which reads that row for each request, follows at once.
 * Timers only say when to look; whether a stage is over is told by the row, so
 * that a restart in the middle loses nothing.
 */
export class RollingReleases {
  readonly minuteMillis: number;
  readonly #options: RollingReleasesOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  #stopped = false;

  constructor(options: RollingReleasesOptions) {
    this.#options = options;
    this.minuteMillis = options.minuteMillis;
  }

  /** Takes up the releases that an earlier run left active. */
  resume(): void {
    for (const project of this.#options.stores.projects.listRolling()) {
      this.#follow(project.id);
    }
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Changes how later deployments get their traffic; undefined means at once. */
  configure(project: Project, config: RollingReleaseConfig | undefined): void {
    this.#options.stores.projects.update(project.id, known => ({
      ...known,
      rollingReleaseConfig: config,
    }));
  }

  /** Tells whether a deployment would get production's traffic in stages. */
  applies(project: Project, deployment: Deployment): boolean {
    const { productionDeploymentId } = project;
    return (
      project.rollingReleaseConfig !== undefined &&
      productionDeploymentId !== undefined &&
      productionDeploymentId !== deployment.id
    );
  }

  /** Starts a release, or leaves the one of the same deployment as it is. */
  async start(project: Project, deployment: Deployment): Promise<void> {
    const active = findActive(project);
    if (active?.canaryDeploymentId === deployment.id) return;
    if (active) throw releaseInProgress(project);
    checkReleasable(project, deployment);
    await this.#warmUp(deployment);
    const meanwhile = this.#options.stores.projects.find(project.id);
    if (meanwhile && findActive(meanwhile)) {
      await this.start(meanwhile, deployment);
      return;
    }
    this.begin(project.id, deployment.id, 'start');
  }

  /**
   * Sends the first stage's share to the deployment; while another release is
   * active, keeps the deployment for after it.
   */
  begin(projectId: string, deploymentId: string, writtenBy: string): void {
    const { stores, production, notifier } = this.#options;
    stores.transaction(() => {
      const known = stores.projects.find(projectId);
      const deployment = stores.deployments.find(deploymentId);
      if (!known || !deployment || !this.applies(known, deployment)) return;
      const { rollingReleaseConfig: config, productionDeploymentId } = known;
      if (!config || !productionDeploymentId) return;
      const active = findActive(known);
      if (active?.canaryDeploymentId === deploymentId) return;
      if (active) {
        this.#change(known, { queuedDeploymentId: deploymentId });
        return;
      }
      const now = Date.now();
      const release: RollingRelease = {
        id: newId('rr', 12),
        state: 'ACTIVE',
        baseDeploymentId: productionDeploymentId,
        canaryDeploymentId: deploymentId,
        activeStageIndex: 0,
        startedAt: now,
        stageStartedAt: now,
        updatedAt: now,
        config,
        hosts: production.list(known),
        writtenBy,
      };
      stores.projects.update(projectId, current => ({
        ...current,
        rollingRelease: release,
      }));
      notifier.rollingReleaseEvent(
        'started',
        known,
        release,
        known.rollingRelease,
      );
    });
    this.#follow(projectId);
  }

  /** Goes to the next stage, as somebody approved. */
  async approve(
    project: Project,
    request: { canaryDeploymentId: string; nextStageIndex: number },
  ): Promise<void> {
    const release = getActive(project, request.canaryDeploymentId);
    const next = release.activeStageIndex + 1;
    if (request.nextStageIndex !== next) {
      throw badRequest(
        `The rolling release of "${project.name}" is at stage ${release.activeStageIndex}, so the next one is ${next}, not ${request.nextStageIndex}.`,
        'invalid_stage',
      );
    }
    await this.#goTo(project, release, next, `stage-${next}-approval`);
  }

  /** Sends all traffic to the canary. */
  async complete(project: Project, canaryDeploymentId: string): Promise<void> {
    const release = getActive(project, canaryDeploymentId);
    await this.#finish(project, release, 'finalize-rolling-release');
  }

  /**
   * Sends all traffic back to the base and pins it there, as a rollback does.
   * Does nothing when no release is active.
   */
  abandon(projectId: string, writtenBy: string): void {
    const { stores } = this.#options;
    stores.transaction(() => {
      const project = stores.projects.find(projectId);
      const release = project && findActive(project);
      if (!release) return;
      stores.projects.update(projectId, known => ({
        ...known,
        rollback: { deploymentId: release.baseDeploymentId, at: Date.now() },
      }));
      this.#change(project, {
        state: 'ABORTED',
        queuedDeploymentId: undefined,
        writtenBy,
      });
    });
    this.#follow(projectId);
  }

  async #goTo(
    project: Project,
    release: RollingRelease,
    index: number,
    writtenBy: string,
  ): Promise<void> {
    if (index >= release.config.stages.length - 1) {
      await this.#finish(project, release, 'finalize-rolling-release');
      return;
    }
    this.#change(project, {
      activeStageIndex: index,
      stageStartedAt: Date.now(),
      writtenBy,
    });
    this.#follow(project.id);
  }

  async #finish(
    project: Project,
    release: RollingRelease,
    writtenBy: string,
  ): Promise<void> {
    const { stores, production, notifier } = this.#options;
    const { canaryDeploymentId } = release;
    const canary = stores.deployments.find(canaryDeploymentId);
    if (!canary) {
      throw notFound(`The deployment "${canaryDeploymentId}" was not found.`);
    }
    await this.#warmUp(canary);
    stores.transaction(() => {
      const known = getActive(
        stores.projects.find(project.id) ?? project,
        canaryDeploymentId,
      );
      production.assign(project.id, canaryDeploymentId);
      stores.projects.update(project.id, current => ({
        ...current,
        rollback: undefined,
      }));
      this.#change(project, {
        state: 'COMPLETE',
        activeStageIndex: known.config.stages.length - 1,
        stageStartedAt: Date.now(),
        queuedDeploymentId: undefined,
        writtenBy,
      });
      notifier.deploymentEvent('deployment.promoted', project, canary);
      if (known.queuedDeploymentId) {
        this.#startQueued(project.id, known.queuedDeploymentId);
      }
    });
    this.#follow(project.id);
  }

  #startQueued(projectId: string, deploymentId: string): void {
    const { stores, production, notifier } = this.#options;
    const project = stores.projects.find(projectId);
    const deployment = stores.deployments.find(deploymentId);
    if (!project || deployment?.state !== 'READY') return;
    if (this.applies(project, deployment)) {
      this.begin(projectId, deploymentId, 'completion-and-auto-advance');
    } else {
      production.assign(projectId, deploymentId);
      notifier.deploymentEvent('deployment.promoted', project, deployment);
    }
  }

  async #warmUp(deployment: Deployment): Promise<void> {
    try {
      await this.#options.launcher.warmUp(deployment);
    } catch {
      throw unprocessable(
        `Deployment "${deployment.id}" does not start, so it gets no more traffic. Its runtime log says why.`,
        'deployment_not_ready',
      );
    }
  }

  /** Writes the release and tells who listens when it went on or ended. */
  #change(project: Project, changes: Partial<RollingRelease>): void {
    const { stores, notifier } = this.#options;
    const before = stores.projects.find(project.id)?.rollingRelease;
    const release = stores.projects.update(project.id, known => ({
      ...known,
      rollingRelease: known.rollingRelease && {
        ...known.rollingRelease,
        updatedAt: Date.now(),
        ...changes,
      },
    }))?.rollingRelease;
    if (!before || !release) return;
    if (release.state === 'ABORTED') {
      notifier.rollingReleaseEvent('aborted', project, release, before);
    } else if (release.state === 'COMPLETE') {
      notifier.rollingReleaseEvent('completed', project, release, before);
    } else if (release.activeStageIndex !== before.activeStageIndex) {
      notifier.rollingReleaseEvent('approved', project, release, before);
    }
  }

  /** Keeps both processes up while they share traffic, and waits for the stage's end. */
  #follow(projectId: string, wait = 0): void {
    const { stores, runtime, launcher } = this.#options;
    clearTimeout(this.#timers.get(projectId));
    this.#timers.delete(projectId);
    const project = stores.projects.find(projectId);
    const release = project && findActive(project);
    const ids = release
      ? [release.baseDeploymentId, release.canaryDeploymentId]
      : [];
    runtime.keepWarm(projectId, ids);
    if (!release || this.#stopped) return;
    for (const id of ids) {
      const deployment = stores.deployments.find(id);
      if (deployment) launcher.warmUp(deployment).catch(() => undefined);
    }
    const end = stageEndsAt(release, this.minuteMillis);
    if (end === undefined) return;
    const timer = setTimeout(
      () => this.#stageEnded(projectId, release),
      Math.max(end - Date.now(), wait),
    );
    timer.unref();
    this.#timers.set(projectId, timer);
  }

  #stageEnded(projectId: string, expected: RollingRelease): void {
    const project = this.#options.stores.projects.find(projectId);
    const release = project && findActive(project);
    if (!project || !release) return;
    const { id, activeStageIndex } = expected;
    if (release.id !== id || release.activeStageIndex !== activeStageIndex) {
      return;
    }
    const next = release.activeStageIndex + 1;
    this.#goTo(project, release, next, `stage-${next}-auto-advance`).catch(
      error => {
        if (this.#stopped) return;
        this.#options.log.error(
          `The rolling release of ${project.name} stays at stage ${release.activeStageIndex}: ${error}`,
        );
        this.#follow(projectId, RETRY_MILLIS);
      },
    );
  }
}
