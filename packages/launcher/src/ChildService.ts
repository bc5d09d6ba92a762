import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { getLogsDir } from './paths';

/**
 * Runs one of the portal's processes in a process group of its own, so that a
 * Ctrl-C in the terminal reaches only the launcher, which stops the services
 * in order. What a service prints goes to `<data>/logs/<name>.log`.
 */
export class ChildService {
  readonly #recent: string[] = [];
  readonly #exited: Promise<number | null>;
  #running = true;

  static async start(options: {
    name: string;
    command: string;
    args: string[];
    cwd: string;
    env: NodeJS.ProcessEnv;
  }): Promise<ChildService> {
    await mkdir(getLogsDir(), { recursive: true, mode: 0o700 });
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ChildService(options.name, child);
  }

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    const log = createWriteStream(join(getLogsDir(), `${name}.log`), {
      mode: 0o600,
    });
    for (const input of [child.stdout, child.stderr]) {
      if (!input) continue;
      createInterface({ input }).on('line', line => {
        if (!log.writableEnded) log.write(`${line}\n`);
        this.#recent.push(line);
        this.#recent.splice(0, Math.max(0, this.#recent.length - 60));
      });
    }
    this.#exited = new Promise(resolve => {
      child.once('error', error => {
        this.#recent.push(String(error));
        this.#running = false;
        resolve(null);
      });
      child.once('close', code => {
        this.#running = false;
        log.end();
        resolve(code);
      });
    });
  }

  /** Id of the process, and of its group; undefined when it did not start. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Settles with the exit code when the process has ended. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** What it printed last, for an error message. */
  get recentOutput(): string {
    return this.#recent
      .filter(line => line.trim())
      .slice(-25)
      .join('\n');
  }

  /** Waits until the check holds; throws when the process ends before. */
  async waitUntil(check: () => Promise<boolean>, limitMs: number) {
    const deadline = Date.now() + limitMs;
    while (Date.now() < deadline) {
      if (!this.#running) break;
      if (await check().catch(() => false)) return;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    throw new Error(
      `${this.name} ${this.#running ? `did not become ready within ${limitMs / 1000} s` : 'ended while starting'}. Its log is ${join(getLogsDir(), `${this.name}.log`)}; the end of it:\n${this.recentOutput}`,
    );
  }

  /** Asks the whole process group to end, and ends it after a grace time. */
  async stop(graceMs = 10_000): Promise<void> {
    if (!this.#running) return;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.#signal('SIGKILL'), graceMs);
    await this.#exited;
    clearTimeout(timer);
  }

  /** Ends the whole process group at once, as a crash would. */
  async kill(): Promise<void> {
    if (!this.#running) return;
    this.#signal('SIGKILL');
    await this.#exited;
  }

  #signal(signal: NodeJS.Signals) {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(process.platform === 'win32' ? pid : -pid, signal);
    } catch {
      // It ended in the meantime.
    }
  }
}
