import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

interface Running {
  launcher: number;
  services: { name: string; pid: number }[];
}

/**
 * Remembers in the data folder which processes a portal consists of, so that
 * the next start ends what a launcher left behind that was killed.
 *
 * A process id may have gone to another program since; only one that still
 * runs the recorded command of ours is ended.
 */
export class RunningServices {
  readonly #file: string;
  readonly #running: Running = { launcher: process.pid, services: [] };

  constructor(dataDir: string) {
    this.#file = join(dataDir, 'running.json');
  }

  /** Throws when another launcher runs on this data folder. */
  async claim(): Promise<void> {
    const earlier = await this.#read();
    if (earlier) {
      if (await runsOurs(earlier.launcher)) {
        throw new Error(
          `A portal runs on this data folder already (process ${earlier.launcher}). Use it, or stop it with Ctrl-C there and start again.`,
        );
      }
      for (const { pid } of earlier.services) {
        if (await runsOurs(pid)) await endGroup(pid);
      }
    }
    await this.#write();
  }

  async add(name: string, pid: number): Promise<void> {
    this.#running.services.push({ name, pid });
    await this.#write();
  }

  async release(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #read(): Promise<Running | undefined> {
    const text = await readFile(this.#file, 'utf8').catch(() => '');
    try {
      return JSON.parse(text) as Running;
    } catch {
      return undefined;
    }
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(this.#file, JSON.stringify(this.#running));
  }
}

async function runsOurs(pid: number): Promise<boolean> {
  if (process.platform === 'win32') return false;
  const { stdout } = await promisify(execFile)('ps', [
    '-o',
    'args=',
    '-p',
    String(pid),
  ]).catch(() => ({ stdout: '' }));
  return /packages\/launcher|packages\/local-cloud|backstage-cli package start/.test(
    stdout,
  );
}

async function endGroup(pid: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(-pid, signal);
    } catch {
      return;
    }
    for (let wait = 0; wait < 50 && (await runsOurs(pid)); wait += 1) {
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }
}
