import { readFile } from 'node:fs/promises';
import type { GitHubSide } from '../../context';
import {
  BuildError,
  BuildQueue,
  LaunchError,
  writeInlineFiles,
  type DeploymentRuntime,
  type InlineFile,
} from '../../runtime';
import { branchHost } from '../hosts';
import type { DrainFeed } from '../drains/DrainFeed';
import type { BuildEvent, Deployment } from '../model';
import type { UsageMeter } from '../metering/UsageMeter';
import type { VercelStores } from '../store';
import type { CheckService } from './CheckService';
import type { CustomEnvironments } from './CustomEnvironments';
import type { DeploymentLauncher } from './DeploymentLauncher';
import { createRedactor } from './redaction';
import type { TrafficSwitch } from './TrafficSwitch';
import type { WebhookNotifier } from './WebhookNotifier';

export interface DeploymentBuilderOptions {
  stores: VercelStores;
  runtime: DeploymentRuntime;
  launcher: DeploymentLauncher;
  traffic: TrafficSwitch;
  checks: CheckService;
  environments: CustomEnvironments;
  notifier: WebhookNotifier;
  meter: UsageMeter;
  feed: DrainFeed;
  github: GitHubSide;
  /** Where the inline files of a deployment wait for its build. */
  filesPath: (deploymentId: string) => string;
  log: { error(message: string): void };
}

/**
 * Takes deployments from QUEUED to READY, ERROR or CANCELED.
 *
 * The state in the store is the queue: what was not finished when we stopped
 * is built from the beginning at the next start.
 */
export class DeploymentBuilder {
  readonly #options: DeploymentBuilderOptions;
  readonly #queue: BuildQueue;

  constructor(options: DeploymentBuilderOptions) {
    this.#options = options;
    this.#queue = new BuildQueue({
      concurrency: options.runtime.settings.buildConcurrency,
      onError: (id, error) =>
        options.log.error(`Deployment ${id} was left unfinished: ${error}`),
    });
  }

  resume(): void {
    const { deployments, logs } = this.#options.stores;
    for (const { id } of deployments.listUnfinished()) {
      deployments.update(id, () => ({
        state: 'QUEUED',
        buildingAt: undefined,
      }));
      logs.deleteBuildEvents(id);
      this.enqueue(id);
    }
  }

  enqueue(deploymentId: string): void {
    this.#event(deploymentId, 'deployment-state', 'QUEUED');
    this.#queue.add(deploymentId, signal => this.#build(deploymentId, signal));
  }

  /** Ends the build; the caller has written the new state before. */
  async cancel(deploymentId: string): Promise<void> {
    this.#event(deploymentId, 'deployment-state', 'CANCELED');
    await this.#queue.cancel(deploymentId);
  }

  async stop(): Promise<void> {
    await this.#queue.stop();
  }

  async #build(deploymentId: string, signal: AbortSignal): Promise<void> {
    const { stores, runtime, notifier, feed, meter } = this.#options;
    const started = Date.now();
    const deployment = stores.deployments.update(deploymentId, known =>
      known.state === 'QUEUED'
        ? { state: 'BUILDING', buildingAt: started }
        : undefined,
    );
    if (!deployment) return;
    this.#event(deploymentId, 'deployment-state', 'BUILDING');
    const redact = createRedactor(deployment);
    const say = (line: string, type: BuildEvent['type'] = 'stdout') => {
      const text = redact(line);
      this.#event(deploymentId, type, text);
      feed.addLine({
        source: 'build',
        at: Date.now(),
        projectId: deployment.projectId,
        deploymentId,
        stream: type === 'stderr' || type === 'fatal' ? 'stderr' : 'stdout',
        text,
      });
    };
    try {
      const plan = await runtime.build({
        deploymentId,
        settings: deployment.settings,
        variables: deployment.variables,
        signal,
        onLine: say,
        writeSources: folder => this.#writeSources(deployment, folder, say),
      });
      say(`Build Completed in ${seconds(started)}`);
      const built = stores.deployments.update(deploymentId, known =>
        known.state === 'BUILDING' ? { plan } : undefined,
      );
      if (!built) return;
      say('Deploying outputs...');
      await this.#launch(built, signal);
      // Said before the state changes, because followers stop at that.
      say(`Deployment completed in ${seconds(started)}`);
      const ready = this.#finish(built.id);
      if (!ready) return;
      this.#event(deploymentId, 'deployment-state', 'READY');
      for (const type of ['deployment.succeeded', 'deployment.ready']) {
        notifier.deploymentEvent(type, ready.project, ready.deployment);
      }
      if (ready.promoted) {
        notifier.deploymentEvent(
          'deployment.promoted',
          ready.project,
          ready.deployment,
        );
      }
    } catch (error) {
      if (signal.aborted) return;
      await this.#fail(deployment, error, say);
    } finally {
      meter.add({
        projectId: deployment.projectId,
        meter: 'build-milliseconds',
        quantity: Date.now() - started,
      });
    }
  }

  /** Waits for the first answer; a build that is broken off ends the process. */
  async #launch(deployment: Deployment, signal: AbortSignal): Promise<void> {
    const { launcher, runtime } = this.#options;
    const end = () => {
      runtime.stop(deployment.id).catch(() => undefined);
    };
    signal.addEventListener('abort', end, { once: true });
    try {
      await launcher.warmUp(deployment);
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', end);
    }
  }

  async #writeSources(
    deployment: Deployment,
    folder: string,
    say: (text: string) => void,
  ): Promise<void> {
    const { git } = deployment;
    if (git) {
      const { owner, repo, ref, sha } = git;
      say(
        `Cloning ${owner}/${repo} (Branch: ${ref}, Commit: ${sha.slice(0, 7)})`,
      );
      await this.#options.github.exportTree({
        owner,
        repo,
        sha,
        directory: folder,
      });
      return;
    }
    const path = this.#options.filesPath(deployment.id);
    const files: InlineFile[] = JSON.parse(await readFile(path, 'utf8'));
    say(`Downloading ${files.length} deployment files...`);
    await writeInlineFiles(files, folder);
  }

  /** Makes the deployment READY, and lets it take the traffic where it may. */
  #finish(deploymentId: string) {
    const { stores, traffic, checks, environments } = this.#options;
    return stores.transaction(() => {
      const known = stores.deployments.find(deploymentId);
      const project = known && stores.projects.find(known.projectId);
      if (!known || !project || known.state !== 'BUILDING') return undefined;
      const automaticAliases: string[] = [];
      const own = environments.admit(project, known);
      if (own) automaticAliases.push(own);
      // A branch shows what was made of it for itself.
      if (known.git && !known.customEnvironment) {
        const host = branchHost(project.name, known.git.ref);
        const projectId = project.id;
        stores.aliases.assign({ host, projectId, deploymentId });
        automaticAliases.push(host);
        for (const domain of stores.domains.list(projectId)) {
          if (domain.gitBranch === known.git.ref && domain.verified) {
            const { name } = domain;
            stores.aliases.assign({ host: name, projectId, deploymentId });
          }
        }
      }
      checks.runAll(known, 'ready');
      const promoted = traffic.admit(project, known);
      const now = Date.now();
      const deployment = stores.deployments.update(deploymentId, () => ({
        state: 'READY',
        readyAt: now,
        endedAt: now,
        automaticAliases,
      }));
      return deployment && { project, deployment, promoted };
    });
  }

  async #fail(
    deployment: Deployment,
    error: unknown,
    say: (text: string, type?: BuildEvent['type']) => void,
  ): Promise<void> {
    const { stores, runtime, notifier, log } = this.#options;
    const known = describe(error);
    if (!known.expected) {
      log.error(`Building ${deployment.id} failed: ${String(error)}`);
    }
    if (error instanceof LaunchError) {
      for (const line of stores.logs
        .listRuntimeLines(deployment.id, {})
        .slice(-50)) {
        say(line.text, line.stream === 'stdout' ? 'stdout' : 'stderr');
      }
    }
    say(`Error: ${known.message}`, 'fatal');
    await runtime.remove(deployment.id);
    const failed = stores.deployments.update(deployment.id, current =>
      current.state === 'BUILDING'
        ? {
            state: 'ERROR',
            errorCode: known.code,
            errorMessage: createRedactor(deployment)(known.message),
            endedAt: Date.now(),
          }
        : undefined,
    );
    this.#event(deployment.id, 'deployment-state', 'ERROR');
    const project = stores.projects.find(deployment.projectId);
    if (failed && project) {
      notifier.deploymentEvent('deployment.error', project, failed);
    }
  }

  #event(deploymentId: string, type: BuildEvent['type'], text: string): void {
    this.#options.stores.logs.appendBuildEvent(deploymentId, { type, text });
  }
}

function describe(error: unknown) {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof BuildError) {
    return { expected: true, code: error.code, message };
  }
  if (error instanceof LaunchError) {
    return { expected: true, code: 'FUNCTION_LAUNCH_FAILED', message };
  }
  if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') {
    return {
      expected: false,
      code: 'NO_SPACE_LEFT',
      message:
        'The disk of this machine is full. Free some space and redeploy.',
    };
  }
  return { expected: false, code: 'UNEXPECTED_ERROR', message };
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)}s`;
}
