import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import {
  findFreePort,
  portalPorts,
  PortalApi,
  quantile,
  reportBenchmark,
  requestHost,
  withTemporaryPortal,
  type ForkForm,
} from '@forkyard/launcher';

const rounds = 5;
const githubUrl = `http://127.0.0.1:${portalPorts.github}`;

interface Ledger {
  steps: { id: string; startedAt?: string; finishedAt?: string }[];
}

/** How long does a fork take, from the form's Create to the first 200? */
export async function run(): Promise<void> {
  await withTemporaryPortal({}, async (_portal, dataDir) => {
    const portal = new PortalApi();
    await portal.signIn();
    const { githubToken } = JSON.parse(
      await readFile(join(dataDir, 'secrets.json'), 'utf8'),
    ) as { githubToken: string };
    const folder = await mkdtemp(join(tmpdir(), 'by-hand-'));
    try {
      const cold = await fork(portal, 'cold');
      await byHand(folder, githubToken, 'warm-up');
      const ours: number[] = [];
      const peer: number[] = [];
      const shares = new Map<string, number[]>();
      for (let round = 0; round < rounds; round += 1) {
        const name = `round-${round + 1}`;
        ours.push(await fork(portal, name));
        const { provisioningId } = await portal.request<{
          provisioningId: string;
        }>('GET', `/api/forks/forks/${name}`);
        const ledger = await portal.request<Ledger>(
          'GET',
          `/api/forks/provisionings/${provisioningId}`,
        );
        for (const { id, startedAt, finishedAt } of ledger.steps) {
          const seconds =
            startedAt && finishedAt
              ? (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000
              : 0;
          shares.set(id, [...(shares.get(id) ?? []), seconds]);
        }
        peer.push(await byHand(folder, githubToken, `hand-${round + 1}`));
      }
      await reportBenchmark({
        name: 'fork',
        question:
          'How long does a fork take from task creation to the production URL answering 200, against the same work by hand?',
        measures: [
          {
            measure: 'warm',
            ours: quantile(ours, 0.5),
            peer: quantile(peer, 0.5),
            peerName: 'shell script by hand (benchmarks/fork/byHand.sh)',
            unit: 's',
            samples: ours,
            peerSamples: peer,
          },
          { measure: 'cold', ours: cold, unit: 's', samples: [cold] },
          ...[...shares].map(([id, samples]) => ({
            measure: `step ${id}`,
            ours: quantile(samples, 0.5),
            unit: 's',
            samples,
          })),
        ],
        notes: [
          `Median of ${rounds} rounds, ours and by hand in turns. The portal also creates a project, environment, database and catalog entry, which the script does not.`,
        ],
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Seconds from the task's creation to the first 200 of the production URL. */
async function fork(portal: PortalApi, name: string): Promise<number> {
  const form: ForkForm = {
    name,
    title: name,
    description: 'Made by the benchmark',
    owner: 'group:default/platform',
    baseApplication: 'acme/base-app',
    sloTier: 'standard',
    monthlyBudgetUsd: 10,
    onFailure: 'keep',
  };
  const began = performance.now();
  const taskId = await portal.createFork(form);
  const host = `${name}.localhost:${portalPorts.gateway}`;
  let answered: number | undefined;
  const ended = portal.waitForTask(taskId);
  ended.catch(() => undefined);
  while (answered === undefined) {
    const status = await Promise.race([
      requestHost(host, '/healthz').then(
        response => response.status,
        () => 0,
      ),
    ]);
    if (status === 200) answered = performance.now();
    else await delay(25);
    if (performance.now() - began > 300_000) {
      await ended;
      throw new Error(`${host} did not answer within 300 s.`);
    }
  }
  await ended;
  return (answered - began) / 1000;
}

async function byHand(
  folder: string,
  githubToken: string,
  name: string,
): Promise<number> {
  const checkout = join(folder, name);
  const port = await findFreePort();
  const began = performance.now();
  await promisify(execFile)(
    join(__dirname, 'byHand.sh'),
    [name, checkout, join(folder, 'npm-cache'), String(port)],
    {
      env: {
        ...process.env,
        GITHUB_API_URL: githubUrl,
        GITHUB_TOKEN: githubToken,
      },
    },
  );
  const seconds = (performance.now() - began) / 1000;
  const pid = Number(await readFile(join(checkout, 'server.pid'), 'utf8'));
  process.kill(pid, 'SIGTERM');
  return seconds;
}
