import { ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { findFreePort } from '../runtime/findFreePort';
import { startTestLocalCloud } from '../testing';

/** Is a provider that the contract is tried on. */
export interface ContractProvider {
  url: string;
  token: string;
  /** Organization or team in which things are made. */
  organization: string;
  stop(): Promise<void>;
}

export type ContractService = 'github' | 'vercel';

/** Starts our own provider. */
export async function startLocalCloudProvider(
  service: ContractService,
): Promise<ContractProvider> {
  const cloud = await startTestLocalCloud();
  return {
    url: cloud.urls[service],
    token: cloud.token,
    organization: service === 'github' ? 'acme' : 'team_acme',
    stop: () => cloud.dispose(),
  };
}

async function waitUntilServed(url: string, child: ChildProcess) {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) {
      return;
    }
    if (child.exitCode !== null || Date.now() > deadline) {
      throw new Error(`emulate did not start at ${url}`);
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Finds the command of the emulator; the package exports no path by which it could be resolved. */
function findEmulate(): string {
  let folder = __dirname;
  while (folder !== path.dirname(folder)) {
    const command = path.join(folder, 'node_modules/emulate/dist/index.js');
    if (existsSync(command)) {
      return command;
    }
    folder = path.dirname(folder);
  }
  throw new Error('The package emulate is not installed');
}

/** Starts the emulator that others wrote, as its own process. */
export async function startEmulateProvider(
  service: ContractService,
): Promise<ContractProvider> {
  const folder = await mkdtemp(path.join(tmpdir(), 'emulate-'));
  const seed = path.join(folder, 'seed.json');
  const token = 'contract-token';
  await writeFile(
    seed,
    JSON.stringify({
      tokens: { [token]: { login: 'tester', scopes: ['repo', 'admin:org'] } },
      github: {
        users: [{ login: 'tester' }],
        orgs: [
          { login: 'acme', members: [{ login: 'tester', role: 'admin' }] },
        ],
      },
      vercel: {
        users: [{ username: 'tester', email: 'tester@example.com' }],
        teams: [{ slug: 'acme', name: 'Acme' }],
      },
    }),
  );
  const port = await findFreePort();
  const command = findEmulate();
  const child = spawn(
    process.execPath,
    [command, 'start', '-s', service, '-p', String(port), '--seed', seed],
    { cwd: folder, stdio: 'ignore', env: { PATH: process.env.PATH } },
  );
  const stopped = new Promise<void>(resolve =>
    child.on('close', () => resolve()),
  );
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill();
    await stopped;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilServed(url, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, token, organization: 'acme', stop };
}

/**
 * Names the live service when its credentials are given, so that the same
 * cases run against it: `CONTRACT_GITHUB_TOKEN` and `CONTRACT_GITHUB_ORGANIZATION`.
 */
export function findLiveGitHub(): ContractProvider | undefined {
  const token = process.env.CONTRACT_GITHUB_TOKEN;
  const organization = process.env.CONTRACT_GITHUB_ORGANIZATION;
  return token && organization
    ? {
        url: process.env.CONTRACT_GITHUB_URL ?? 'https://api.github.com',
        token,
        organization,
        stop: async () => {},
      }
    : undefined;
}
