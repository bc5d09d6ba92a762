import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { LaunchPlan } from './buildPlan';
import { findFreePort } from './findFreePort';
import { LineSplitter } from './LineSplitter';
import { signalGroup } from './processGroups';
import { runEnvironment, type Toolchain } from './processEnvironment';
import type { ProcessRecords } from './ProcessRecords';
import { spawnCommand } from './runCommand';

const POLL_MILLIS = 20;
const GRACE_MILLIS = 3_000;
const DRAIN_MILLIS = 2_000;

export interface DeploymentProcessOptions {
  deploymentId: string;
  plan: Extract<LaunchPlan, { kind: 'process' }>;
  variables: Record<string, string>;
  toolchain: Toolchain;
  records: ProcessRecords;
  memoryLimitMb: number;
  readyTimeoutMillis: number;
  onLine(line: string, stream: 'stdout' | 'stderr'): void;
  /** Called once, when the process ended without `stop`. */
  onExit(description: string, pid: number): void;
}

/** The process could not be brought to answer; the message says why. */
export class LaunchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'LaunchError';
  }
}

/** One run of a deployment's process, from its start to its end. */
export class DeploymentProcess {
  readonly port: number;
  readonly pid: number;
  readonly #options: DeploymentProcessOptions;
  readonly #exited: Promise<string>;
  #ended = false;
  #stopping = false;
  #ready = false;
  /** Set when we ended it because of its memory. */
  #killReason: string | undefined;

  private constructor(
    child: ChildProcess & { pid: number },
    port: number,
    options: DeploymentProcessOptions,
  ) {
    this.port = port;
    this.pid = child.pid;
    this.#options = options;
    this.#exited = this.#watch(child);
  }

  /** Starts the process and waits for its first HTTP answer. */
  static async start(
    options: DeploymentProcessOptions,
    signal: AbortSignal,
  ): Promise<DeploymentProcess> {
    signal.throwIfAborted();
    const port = await findFreePort();
    const child = spawnCommand(options.plan.command, {
      cwd: options.plan.cwd,
      env: runEnvironment({
        toolchain: options.toolchain,
        cwd: options.plan.cwd,
        variables: options.variables,
        port,
        memoryLimitMb: options.memoryLimitMb,
      }),
    });
    if (!hasPid(child)) {
      const [error] = await once(child, 'error');
      throw new LaunchError(`The process could not be started: ${error}`);
    }
    const started = new DeploymentProcess(child, port, options);
    await options.records.insert(started.#recordName, child.pid);
    try {
      await started.#waitUntilReady(signal);
    } catch (error) {
      await started.stop();
      throw error;
    }
    return started;
  }

  get running(): boolean {
    return !this.#ended;
  }

  get #recordName(): string {
    return `${this.#options.deploymentId}-${this.pid}`;
  }

  /** Ends the process at once, as the platform does with one out of memory. */
  kill(reason: string): void {
    this.#killReason = reason;
    signalGroup(this.pid, 'SIGKILL');
  }

  /** Asks the whole process group to end, and ends it when it does not. */
  async stop(): Promise<void> {
    this.#stopping = true;
    signalGroup(this.pid, 'SIGTERM');
    const timer = setTimeout(
      () => signalGroup(this.pid, 'SIGKILL'),
      GRACE_MILLIS,
    );
    await this.#exited;
    clearTimeout(timer);
    // Children that ignored the signal lose their last chance.
    signalGroup(this.pid, 'SIGKILL');
    await this.#options.records.delete(this.#recordName);
  }

  async #watch(child: ChildProcess): Promise<string> {
    const splitters = (['stdout', 'stderr'] as const).map(name => {
      const splitter = new LineSplitter(line =>
        this.#options.onLine(line, name),
      );
      child[name]?.on('data', chunk => splitter.write(chunk));
      return splitter;
    });
    child.on('error', () => {});
    const closed = new Promise(resolve => child.once('close', resolve));
    const [code, signal] = await once(child, 'exit');
    this.#ended = true;
    signalGroup(this.pid, 'SIGKILL');
    // What is still in the pipes belongs into the log. Only a process that left
    // the group can hold them longer.
    await Promise.race([
      closed,
      delay(DRAIN_MILLIS, undefined, { ref: false }),
    ]);
    splitters.forEach(splitter => splitter.end());
    const description =
      this.#killReason ??
      (signal ? `was ended by ${signal}` : `exited with ${code}`);
    if (this.#ready && !this.#stopping) {
      await this.#options.records.delete(this.#recordName);
      this.#options.onExit(description, this.pid);
    }
    return description;
  }

  async #waitUntilReady(signal: AbortSignal): Promise<void> {
    const deadline = Date.now() + this.#options.readyTimeoutMillis;
    for (;;) {
      signal.throwIfAborted();
      if (this.#ended) {
        throw new LaunchError(
          `The process ${await this.#exited} before it answered on port ${
            this.port
          }`,
        );
      }
      if (await answers(this.port, deadline - Date.now())) break;
      if (Date.now() > deadline) {
        throw new LaunchError(
          `The process gave no HTTP answer on port ${this.port} within ${
            this.#options.readyTimeoutMillis / 1000
          } s. It must listen on the port in the PORT variable.`,
        );
      }
      await delay(POLL_MILLIS);
    }
    this.#ready = true;
  }
}

function hasPid(child: ChildProcess): child is ChildProcess & { pid: number } {
  return child.pid !== undefined;
}

/** Tells whether something on the port gives any HTTP answer. */
function answers(port: number, timeoutMillis: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = request(
      {
        host: '127.0.0.1',
        port,
        method: 'HEAD',
        path: '/',
        agent: false,
        timeout: Math.max(1, timeoutMillis),
        headers: { 'user-agent': 'local-cloud-readiness' },
      },
      response => {
        response.resume();
        resolve(true);
      },
    );
    probe.on('timeout', () => probe.destroy(new Error('No answer')));
    probe.on('error', () => resolve(false));
    probe.end();
  });
}
