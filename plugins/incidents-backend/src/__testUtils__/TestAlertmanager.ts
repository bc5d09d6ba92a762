import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** As Debian's package and as Prometheus' own archive call it. */
const NAMES = ['prometheus-alertmanager', 'alertmanager'];

/** Gives the name of the program, when it is on the PATH. */
export function findAlertmanager(): string | undefined {
  return NAMES.find(
    name => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0,
  );
}

/** Runs the real Alertmanager on a free loopback port, without a cluster. */
export class TestAlertmanager {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
    private readonly folder: string,
  ) {}

  static async start(
    program: string,
    webhook: { url: string; token: string },
  ): Promise<TestAlertmanager> {
    const folder = await mkdtemp(join(tmpdir(), 'alertmanager-'));
    const config = join(folder, 'alertmanager.yml');
    // Times are as short as it takes them; JSON is YAML.
    await writeFile(
      config,
      JSON.stringify({
        route: {
          receiver: 'forkyard',
          group_wait: '0s',
          group_interval: '1s',
          repeat_interval: '1h',
        },
        receivers: [
          {
            name: 'forkyard',
            webhook_configs: [
              {
                url: webhook.url,
                http_config: {
                  authorization: {
                    type: 'Bearer',
                    credentials: webhook.token,
                  },
                },
              },
            ],
          },
        ],
      }),
    );
    const child = spawn(
      program,
      [
        `--config.file=${config}`,
        `--storage.path=${folder}`,
        '--web.listen-address=127.0.0.1:0',
        '--cluster.listen-address=',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const log: string[] = [];
    for await (const line of createInterface({ input: child.stderr })) {
      log.push(line);
      const port = /address=127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (!port) continue;
      child.stderr.resume();
      return new TestAlertmanager(`http://127.0.0.1:${port}`, child, folder);
    }
    throw new Error(`Alertmanager did not start:\n${log.join('\n')}`);
  }

  /** Posts alerts to its API, as Prometheus does. */
  async post(alerts: object[]): Promise<void> {
    const response = await fetch(`${this.url}/api/v2/alerts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(alerts),
    });
    if (!response.ok) {
      throw new Error(`Alertmanager answered ${await response.text()}`);
    }
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
