import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDeployment, type BuildRequest } from './buildDeployment';
import type { LaunchPlan } from './buildPlan';
import { DependencyCache } from './DependencyCache';
import { LaunchError } from './DeploymentProcess';
import { findNpmCli } from './npmLocation';
import { prepareToolchain, type Toolchain } from './processEnvironment';
import { readProcesses, type ProcessUse } from './processGroups';
import { ProcessMeter, type MeasuredUse } from './ProcessMeter';
import { ProcessRecords } from './ProcessRecords';
import { ProcessSupervisor } from './ProcessSupervisor';
import { defaultRuntimeSettings, type RuntimeSettings } from './settings';

/** What a deployment needs to run, and where what it says goes. */
export interface LaunchRequest {
  deploymentId: string;
  plan: LaunchPlan;
  variables: Record<string, string>;
  onLine(line: string, stream: 'stdout' | 'stderr' | 'system'): void;
  /** Called when the process was ended for its memory. */
  onOutOfMemory(): void;
  /** Called at each look with what the processes used since the one before. */
  onUse(use: MeasuredUse): void;
}

/** Where a deployment answers now. */
export type Upstream =
  | { kind: 'process'; port: number; endUse: () => void }
  | { kind: 'static'; root: string };

/**
 * Builds deployments and runs them as processes of their own on loopback.
 *
 * Knows nothing of projects or states; who asks gives plan and variables and
 * keeps what comes back.
 */
export class DeploymentRuntime {
  readonly settings: RuntimeSettings;
  readonly #folder: string;
  readonly #toolchain: Toolchain;
  readonly #cache: DependencyCache;
  readonly #records: ProcessRecords;
  readonly #supervisors = new Map<string, ProcessSupervisor>();
  readonly #requests = new Map<string, LaunchRequest>();
  readonly #warm = new Map<string, string[]>();
  readonly #meter = new ProcessMeter();
  readonly #timer: NodeJS.Timeout;
  #looking = false;
  #stopped = false;

  private constructor(options: {
    dataDir: string;
    settings: RuntimeSettings;
    toolchain: Toolchain;
    cache: DependencyCache;
    records: ProcessRecords;
  }) {
    this.settings = options.settings;
    this.#folder = join(options.dataDir, 'deployments');
    this.#toolchain = options.toolchain;
    this.#cache = options.cache;
    this.#records = options.records;
    this.#timer = setInterval(
      () => this.#look().catch(() => undefined),
      options.settings.watchMillis,
    );
    this.#timer.unref();
  }

  static async create(options: {
    dataDir: string;
    settings?: Partial<RuntimeSettings>;
  }): Promise<DeploymentRuntime> {
    const { dataDir } = options;
    const records = new ProcessRecords(join(dataDir, 'runtime', 'processes'));
    await records.endStale();
    const cache = new DependencyCache({
      folder: join(dataDir, 'runtime', 'dependencies'),
    });
    await cache.prepare();
    const toolchain = await prepareToolchain({
      dataDir,
      nodePath: process.execPath,
      npmCliPath: findNpmCli(),
    });
    const settings = { ...defaultRuntimeSettings, ...options.settings };
    return new DeploymentRuntime({
      dataDir,
      settings,
      toolchain,
      cache,
      records,
    });
  }

  /** Builds from scratch; what an earlier try left is removed. */
  async build(request: Omit<BuildRequest, 'folder'>): Promise<LaunchPlan> {
    const folder = this.#deploymentFolder(request.deploymentId);
    await rm(folder, { recursive: true, force: true });
    return buildDeployment(
      { ...request, folder: join(folder, 'app') },
      {
        toolchain: this.#toolchain,
        cache: this.#cache,
        records: this.#records,
        timeoutMillis: this.settings.buildTimeoutMillis,
      },
    );
  }

  /**
   * Answers where the deployment can be reached, with its process started if
   * need be. Throws `LaunchError` when it does not come up.
   */
  async acquire(request: LaunchRequest): Promise<Upstream> {
    if (this.#stopped) throw new LaunchError('local-cloud is stopping');
    if (request.plan.kind === 'static') {
      return { kind: 'static', root: request.plan.root };
    }
    const supervisor = this.#supervisor(request, request.plan);
    const endUse = supervisor.beginUse();
    try {
      return {
        kind: 'process',
        port: await supervisor.ensureRunning(),
        endUse,
      };
    } catch (error) {
      endUse();
      throw error;
    }
  }

  /** Keeps these deployments from being stopped for idleness, in place of those the owner named before. */
  keepWarm(owner: string, deploymentIds: string[]): void {
    if (deploymentIds.length > 0) this.#warm.set(owner, deploymentIds);
    else this.#warm.delete(owner);
  }

  isRunning(deploymentId: string): boolean {
    return this.#supervisors.get(deploymentId)?.group !== undefined;
  }

  /** Process group of a running deployment. */
  findGroup(deploymentId: string): number | undefined {
    return this.#supervisors.get(deploymentId)?.group;
  }

  async stop(deploymentId: string): Promise<void> {
    const supervisor = this.#supervisors.get(deploymentId);
    this.#supervisors.delete(deploymentId);
    this.#requests.delete(deploymentId);
    await supervisor?.stop();
  }

  /** Stops the process and removes the files. */
  async remove(deploymentId: string): Promise<void> {
    await this.stop(deploymentId);
    await rm(this.#deploymentFolder(deploymentId), {
      recursive: true,
      force: true,
    });
  }

  async stopAll(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await Promise.all([...this.#supervisors.keys()].map(id => this.stop(id)));
  }

  #supervisor(
    request: LaunchRequest,
    plan: Extract<LaunchPlan, { kind: 'process' }>,
  ): ProcessSupervisor {
    const { deploymentId } = request;
    const known = this.#supervisors.get(deploymentId);
    if (known) return known;
    const supervisor = new ProcessSupervisor({
      launch: {
        deploymentId,
        plan,
        variables: request.variables,
        toolchain: this.#toolchain,
        records: this.#records,
        memoryLimitMb: this.settings.memoryLimitMb,
        readyTimeoutMillis: this.settings.readyTimeoutMillis,
      },
      settings: this.settings,
      onLine: request.onLine,
    });
    this.#supervisors.set(deploymentId, supervisor);
    this.#requests.set(deploymentId, request);
    return supervisor;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.#stopIdle();
      await this.#lookAtProcesses();
    } finally {
      this.#looking = false;
    }
  }

  async #stopIdle(): Promise<void> {
    const limit = Date.now() - this.settings.idleMillis;
    const warm = new Set([...this.#warm.values()].flat());
    for (const [id, supervisor] of this.#supervisors) {
      const { idleSince } = supervisor;
      if (
        !warm.has(id) &&
        supervisor.group !== undefined &&
        idleSince !== undefined &&
        idleSince < limit
      ) {
        await supervisor.pause();
      }
    }
  }

  async #lookAtProcesses(): Promise<void> {
    const running = new Map<number, string>();
    for (const [id, { group }] of this.#supervisors) {
      if (group !== undefined) running.set(group, id);
    }
    if (running.size === 0) return;
    const processes = await readProcesses();
    const used = this.#meter.measure(
      processes,
      new Set(running.keys()),
      performance.now(),
    );
    for (const [group, id] of running) {
      const use = used.get(group);
      if (use) this.#requests.get(id)?.onUse(use);
      this.#enforceMemory(id, group, processes);
    }
  }

  #enforceMemory(id: string, group: number, processes: ProcessUse[]): void {
    const limit = this.settings.memoryLimitMb * 1024 * 1024;
    const used = processes
      .filter(process => process.group === group)
      .reduce((sum, { residentBytes }) => sum + residentBytes, 0);
    const supervisor = this.#supervisors.get(id);
    // Meanwhile another process may run in its place.
    if (used <= limit || supervisor?.group !== group) return;
    supervisor.kill(
      `was ended: it used ${Math.round(used / 1024 / 1024)} MB of ${
        this.settings.memoryLimitMb
      } MB`,
    );
    this.#requests.get(id)?.onOutOfMemory();
  }

  #deploymentFolder(deploymentId: string): string {
    if (!/^dpl_[A-Za-z0-9]+$/.test(deploymentId)) {
      throw new Error(`'${deploymentId}' is not the id of a deployment`);
    }
    return join(this.#folder, deploymentId);
  }
}
