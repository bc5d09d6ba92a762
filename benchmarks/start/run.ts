import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import {
  portalPorts,
  quantile,
  reportBenchmark,
  withTemporaryPortal,
} from '@forkyard/launcher';

const rounds = 5;
const readiness = `http://127.0.0.1:${portalPorts.backend}/.backstage/health/v1/readiness`;

interface Sample {
  seconds: number;
  megabytes: number;
}

/** What do our plugins add to the time and memory of a backend's start? */
export async function run(): Promise<void> {
  const root = join(__dirname, '../..');
  await withTemporaryPortal({ servicesOnly: true }, async portal => {
    const { environment } = portal;
    const stockUrl = await createDatabase(portal.cloudDatabaseUrl, 'stock');
    const ours: Sample[] = [];
    const stock: Sample[] = [];
    // The first start of each runs migrations, and counts for neither.
    for (let round = 0; round <= rounds; round += 1) {
      const pair = [
        await startOnce(
          join(root, 'packages/backend/src/index.ts'),
          environment,
        ),
        await startOnce(join(__dirname, 'stockBackend.ts'), {
          ...environment,
          DATABASE_URL: stockUrl,
          APP_CONFIG_permission_enabled: 'false',
        }),
      ];
      if (round > 0) {
        ours.push(pair[0]);
        stock.push(pair[1]);
      }
    }
    const measure = (
      name: string,
      unit: string,
      pick: (sample: Sample) => number,
    ) => ({
      measure: name,
      ours: quantile(ours.map(pick), 0.5),
      peer: quantile(stock.map(pick), 0.5),
      peerName: 'the same Backstage without our plugins',
      unit,
      samples: ours.map(pick),
      peerSamples: stock.map(pick),
    });
    await reportBenchmark({
      name: 'start',
      question:
        'How much later is the backend ready, and how much more memory does it hold, with our plugins?',
      measures: [
        measure('ready', 's', sample => sample.seconds),
        measure('resident memory', 'MB', sample => sample.megabytes),
      ],
      notes: [
        `Median of ${rounds} starts each, in turns, on migrated databases, from TypeScript sources, memory 5 s after readiness.`,
      ],
    });
  });
}

async function startOnce(
  entry: string,
  environment: NodeJS.ProcessEnv,
): Promise<Sample> {
  const began = performance.now();
  const backend = spawn(
    process.execPath,
    [
      '--require',
      require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
      entry,
      '--config',
      join(__dirname, '../../app-config.yaml'),
    ],
    {
      cwd: join(__dirname, '../../packages/backend'),
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  try {
    while (!(await isReady())) {
      if (backend.exitCode !== null) throw new Error(`${entry} ended`);
      await delay(50);
    }
    const seconds = (performance.now() - began) / 1000;
    await delay(5_000);
    return { seconds, megabytes: await residentMegabytes(backend) };
  } finally {
    backend.kill('SIGTERM');
    if (backend.exitCode === null) await once(backend, 'exit');
  }
}

async function createDatabase(adminUrl: string, name: string) {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return adminUrl.replace(/\/[^/]*$/, `/${name}`);
}

async function isReady(): Promise<boolean> {
  const response = await fetch(readiness).catch(() => undefined);
  await response?.body?.cancel();
  return response?.status === 200;
}

async function residentMegabytes(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  return Number(status.match(/VmRSS:\s+(\d+) kB/)![1]) / 1024;
}
