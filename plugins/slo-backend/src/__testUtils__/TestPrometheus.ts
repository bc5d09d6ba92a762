import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

/** Finds the program `prometheus` on the PATH. */
export function findPrometheus(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders
    .map(folder => join(folder, 'prometheus'))
    .find(program => {
      try {
        accessSync(program, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/**
 * Runs a real Prometheus in a temporary folder, which looks five times a second
 * at the metrics of a test.
 */
export class TestPrometheus {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly application: Server,
    private readonly folder: string,
  ) {}

  static async start(
    program: string,
    options: {
      /** Files of rules are YAML, and so JSON. */
      rules: object[];
      /** What the application exposes, by name of the series. */
      readMetrics: () => Record<string, number>;
    },
  ): Promise<TestPrometheus> {
    const application = await serveMetrics(options.readMetrics);
    const { port } = application.address() as AddressInfo;
    const folder = await mkdtemp(join(tmpdir(), 'forkyard-prometheus-'));
    await writeFile(
      join(folder, 'rules.yml'),
      JSON.stringify({ groups: [{ name: 'shop', rules: options.rules }] }),
    );
    await writeFile(
      join(folder, 'prometheus.yml'),
      JSON.stringify({
        global: { scrape_interval: '200ms', evaluation_interval: '200ms' },
        rule_files: ['rules.yml'],
        scrape_configs: [
          {
            job_name: 'shop',
            static_configs: [{ targets: [`127.0.0.1:${port}`] }],
          },
        ],
      }),
    );
    const child = spawn(
      program,
      [
        `--config.file=${join(folder, 'prometheus.yml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        '--web.listen-address=127.0.0.1:0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const url = await readUrl(child);
    return new TestPrometheus(url, child, application, folder);
  }

  async stop(): Promise<void> {
    if (this.child.exitCode === null) {
      this.child.kill('SIGKILL');
      await once(this.child, 'exit');
    }
    this.application.closeAllConnections();
    this.application.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function serveMetrics(
  readMetrics: () => Record<string, number>,
): Promise<Server> {
  const server = createServer((_, response) => {
    const lines = Object.entries(readMetrics()).map(
      ([series, value]) => `${series} ${value}\n`,
    );
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(lines.join(''));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** Finds the port that it chose in what it says. */
async function readUrl(child: ChildProcess): Promise<string> {
  const said: string[] = [];
  let url: string | undefined;
  for await (const line of createInterface({ input: child.stderr! })) {
    said.push(line);
    const port = /"?Listening on"? address=127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port) url = `http://127.0.0.1:${port}`;
    if (url && line.includes('ready to receive')) {
      child.stderr!.resume();
      return url;
    }
  }
  throw new Error(`Prometheus did not start:\n${said.slice(-5).join('\n')}`);
}
