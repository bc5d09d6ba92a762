import { setTimeout as delay } from 'node:timers/promises';
import {
  DeploymentProcess,
  LaunchError,
  type DeploymentProcessOptions,
} from './DeploymentProcess';
import type { RuntimeSettings } from './settings';

const STEADY_MILLIS = 60_000;
const MOST_RESTARTS = 6;
const LONGEST_WAIT_MILLIS = 30_000;

export interface SupervisorOptions {
  launch: Omit<DeploymentProcessOptions, 'onExit' | 'onLine'>;
  settings: RuntimeSettings;
  onLine(line: string, stream: 'stdout' | 'stderr' | 'system'): void;
}

/**
 * Keeps one deployment's process up: starts it on demand, again after a crash
 * (later each time), and stops it when nobody asks.
 *
 * After a row of crashes it waits for the next request, so that a broken
 * deployment does not keep the machine busy.
 */
export class ProcessSupervisor {
  readonly #options: SupervisorOptions;
  readonly #abort = new AbortController();
  #current: DeploymentProcess | undefined;
  #starting: Promise<DeploymentProcess> | undefined;
  #restarting: Promise<void> | undefined;
  #crashes = 0;
  #startedAt = 0;
  #active = 0;
  #lastUsed = Date.now();

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Process group of the running process. */
  get group(): number | undefined {
    return this.#current?.running ? this.#current.pid : undefined;
  }

  get idleSince(): number | undefined {
    return this.#active > 0 ? undefined : this.#lastUsed;
  }

  /** Answers the port of the running process, started if need be. */
  async ensureRunning(): Promise<number> {
    this.#lastUsed = Date.now();
    if (this.#current?.running) return this.#current.port;
    // A pending restart has its reason to wait, but not with a visitor here.
    return (await this.#start()).port;
  }

  /** Marks a request; call the answer when it is over. */
  beginUse(): () => void {
    this.#active += 1;
    this.#lastUsed = Date.now();
    let over = false;
    return () => {
      if (over) return;
      over = true;
      this.#active -= 1;
      this.#lastUsed = Date.now();
    };
  }

  kill(reason: string): void {
    this.#current?.kill(reason);
  }

  /** Stops the process; the next request starts it again. */
  async pause(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.stop();
  }

  /** Stops for good. */
  async stop(): Promise<void> {
    this.#abort.abort(new LaunchError('The deployment is being stopped'));
    await this.#starting?.catch(() => undefined);
    await this.#restarting;
    await this.pause();
  }

  #start(): Promise<DeploymentProcess> {
    this.#starting ??= this.#launch().finally(() => {
      this.#starting = undefined;
    });
    return this.#starting;
  }

  async #launch(): Promise<DeploymentProcess> {
    const { launch, onLine } = this.#options;
    const started = await DeploymentProcess.start(
      {
        ...launch,
        onLine,
        onExit: (description, pid) => {
          if (this.#current?.pid === pid) this.#crashed(description);
        },
      },
      this.#abort.signal,
    );
    this.#current = started;
    this.#startedAt = Date.now();
    return started;
  }

  #crashed(description: string): void {
    this.#current = undefined;
    if (Date.now() - this.#startedAt > STEADY_MILLIS) this.#crashes = 0;
    this.#crashes += 1;
    if (this.#crashes > MOST_RESTARTS) {
      this.#options.onLine(
        `The process ${description}, ${this.#crashes} times in a row. It starts again with the next request.`,
        'system',
      );
      return;
    }
    const wait = Math.min(
      this.#options.settings.restartMillis * 2 ** (this.#crashes - 1),
      LONGEST_WAIT_MILLIS,
    );
    this.#options.onLine(
      `The process ${description}. It starts again in ${wait} ms.`,
      'system',
    );
    this.#restarting = this.#restart(wait);
  }

  async #restart(wait: number): Promise<void> {
    try {
      await delay(wait, undefined, { signal: this.#abort.signal });
      if (!this.#current) await this.#start();
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      // The failed start is a crash too.
      this.#crashed(error instanceof Error ? error.message : String(error));
    }
  }
}
