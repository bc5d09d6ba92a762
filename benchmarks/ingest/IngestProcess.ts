import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { promisify } from 'node:util';
import type { Delivery } from './lines';

const INGEST_CORE = '0';
const OTHER_CORE = '1';
/** So many that the core of ingest waits for neither the sender nor commits. */
export const CONNECTIONS = 32;

/** Whether processes can be kept on a core of their own here. */
export const canPin = process.platform === 'linux' && cpus().length > 1;

/** Keeps a running process, and all its threads, off the core of ingest. */
export async function keepOffIngestCore(pid: number): Promise<void> {
  if (!canPin) return;
  await promisify(execFile)('taskset', ['-acp', OTHER_CORE, String(pid)]);
}

/** Starts a program of this folder on the core of ingest. */
export function startPinned(
  file: string,
  args: string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const command = [
    process.execPath,
    '--require',
    require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
    join(__dirname, file),
    ...args,
  ];
  const [program, ...rest] = canPin
    ? ['taskset', '-c', INGEST_CORE, ...command]
    : command;
  return spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The process that takes deliveries, and how they are sent to it. */
export class IngestProcess {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  readonly #output: Interface;
  #isEnding = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly port: number,
    output: Interface,
  ) {
    this.#output = output;
  }

  static async start(databaseUrl: string): Promise<IngestProcess> {
    const child = startPinned('ingestMain.ts', [], {
      ...process.env,
      DATABASE_URL: databaseUrl,
    });
    const output = createInterface({ input: child.stdout! });
    const [line] = (await once(output, 'line')) as [string];
    return new IngestProcess(child, Number(line.split(' ')[1]), output);
  }

  /** Processor time in seconds, and resident memory in megabytes, so far. */
  async usage(): Promise<{ cpuSeconds: number; megabytes: number }> {
    const answer = once(this.#output, 'line');
    this.child.kill('SIGUSR2');
    const [line] = (await answer) as [string];
    const [, cpu, , rss] = line.split(' ');
    return { cpuSeconds: Number(cpu) / 1e6, megabytes: Number(rss) / 2 ** 20 };
  }

  /**
   * Gives the deliveries that were answered with 200. One that was not answered
   * at all is sent again, as a drain does, while the process runs.
   */
  async send(
    deliveries: Delivery[],
    onTaken: (taken: number) => void = () => {},
  ): Promise<Set<Delivery>> {
    const taken = new Set<Delivery>();
    const queue = [...deliveries];
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const status = await this.#post(next).catch(() => 0);
        if (status === 200) {
          taken.add(next);
          onTaken(taken.size);
        } else if (status !== 0) {
          throw new Error(`Ingest answered ${status}`);
        } else if (this.#isEnding) {
          return;
        } else {
          queue.push(next);
        }
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
    return taken;
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    this.#isEnding = true;
    this.#agent.destroy();
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await once(this.child, 'exit');
  }

  #post({ body, signature }: Delivery): Promise<number> {
    return new Promise((resolve, reject) => {
      request(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.port,
          method: 'POST',
          path: '/drains/vercel/logs',
          headers: {
            'content-type': 'application/x-ndjson',
            'content-length': body.length,
            'x-vercel-signature': signature,
          },
        },
        response => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
          response.once('error', reject);
        },
      )
        .once('error', reject)
        .end(body);
    });
  }
}
