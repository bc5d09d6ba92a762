import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { portalPorts } from '@forkyard/launcher';
import type { BuiltFrontend } from '../entity-page/frontends';

const root = join(__dirname, '../..');

export interface BackendOptions {
  /** The TypeScript file that starts it. */
  entry: string;
  environment: NodeJS.ProcessEnv;
  /** Where it listens; the portal's port when absent. */
  port?: number;
  /** What it serves as its frontend; nothing that is measured when absent. */
  frontend?: BuiltFrontend;
}

/** One backend, in a process of its own, from its sources. */
export class BackendProcess {
  readonly #began = performance.now();
  readonly #kill = () => this.child.kill('SIGTERM');

  /** Starts it and waits until it is ready. */
  static async start(options: BackendOptions): Promise<BackendProcess> {
    const { entry, port = portalPorts.backend, frontend } = options;
    const url = `http://localhost:${port}`;
    const child = spawn(
      process.execPath,
      [
        '--require',
        require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
        entry,
        '--config',
        join(root, 'app-config.yaml'),
      ],
      {
        cwd: join(root, 'packages/backend'),
        env: {
          ...options.environment,
          ...(frontend ? servedAt(url, port, frontend) : {}),
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      },
    );
    const backend = new BackendProcess(child, url);
    try {
      await backend.#ready(entry, port);
      return backend;
    } catch (error) {
      await backend.stop();
      throw error;
    }
  }

  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {
    process.once('exit', this.#kill);
  }

  /** Since the process was started. */
  get elapsedSeconds(): number {
    return (performance.now() - this.#began) / 1000;
  }

  async residentMegabytes(): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(status.match(/VmRSS:\s+(\d+) kB/)![1]) / 1024;
  }

  async stop(): Promise<void> {
    process.off('exit', this.#kill);
    if (this.child.exitCode !== null) return;
    this.#kill();
    await once(this.child, 'exit');
  }

  async #ready(entry: string, port: number): Promise<void> {
    const readiness = `http://127.0.0.1:${port}/.backstage/health/v1/readiness`;
    for (;;) {
      const response = await fetch(readiness).catch(() => undefined);
      await response?.body?.cancel();
      if (response?.status === 200) return;
      if (this.child.exitCode !== null) throw new Error(`${entry} ended`);
      await delay(50);
    }
  }
}

/** Page and API of one origin, as in production. */
function servedAt(url: string, port: number, frontend: BuiltFrontend) {
  return {
    APP_CONFIG_app_baseUrl: url,
    APP_CONFIG_app_packageName: frontend.packageName,
    APP_CONFIG_backend_baseUrl: url,
    APP_CONFIG_backend_listen_port: String(port),
    APP_CONFIG_backend_cors_origin: url,
    NODE_PATH: frontend.nodePath,
  };
}
