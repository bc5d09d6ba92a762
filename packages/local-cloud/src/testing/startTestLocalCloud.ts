import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findBaseAppDir, LocalCloudConfig } from '../config';
import { Log } from '../context';
import { RunningLocalCloud, startLocalCloud } from '../startLocalCloud';

/** Is a local-cloud of one test. */
export interface TestLocalCloud extends RunningLocalCloud {
  config: LocalCloudConfig;
  /** A token that both providers accept. */
  token: string;
  /** Stops it and starts it again on the same folder; the ports stay. */
  restart(): Promise<TestLocalCloud>;
  /** Stops it and removes its folder. */
  dispose(): Promise<void>;
}

/** How long a restart waits for the ports that it had. */
const PORT_MILLIS = 30_000;

const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

async function startOn(
  config: LocalCloudConfig,
  options: { log?: Log; webhookRetryMilliseconds?: number[] },
): Promise<TestLocalCloud> {
  const cloud = await startLocalCloud(config, { log: silentLog, ...options });
  const port = (url: string) => Number(new URL(url).port);
  const { github, vercel, gateway } = cloud.urls;
  const ports = {
    github: port(github),
    vercel: vercel ? port(vercel) : 0,
    gateway: gateway ? port(gateway) : 0,
  };
  return {
    ...cloud,
    config: { ...config, ports },
    token: config.tokens[0].token,
    restart: async () => {
      await cloud.stop();
      return startAgain({ ...config, ports }, options);
    },
    dispose: async () => {
      await cloud.stop();
      await rm(config.dataDir, { recursive: true, force: true });
    },
  };
}

/** A connection of somebody else may have one of the ports for a moment. */
async function startAgain(
  ...call: Parameters<typeof startOn>
): Promise<TestLocalCloud> {
  const giveUpAt = performance.now() + PORT_MILLIS;
  for (;;) {
    try {
      return await startOn(...call);
    } catch (error) {
      const isTaken = /^Error: Port \d+ .* is in use/.test(String(error));
      if (!isTaken || performance.now() > giveUpAt) throw error;
      await delay(50);
    }
  }
}

/** Starts a whole local-cloud on free ports in a temporary folder. */
export async function startTestLocalCloud(
  options: {
    config?: Partial<LocalCloudConfig>;
    log?: Log;
    webhookRetryMilliseconds?: number[];
  } = {},
): Promise<TestLocalCloud> {
  const { config, ...rest } = options;
  const dataDir =
    config?.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'local-cloud-')));
  return startOn(
    {
      host: '127.0.0.1',
      ports: { github: 0, vercel: 0, gateway: 0 },
      tokens: [{ token: 'local-cloud-test-token', login: 'tester' }],
      webhookSecrets: {},
      baseAppDir: findBaseAppDir(),
      ...config,
      dataDir,
    },
    rest,
  );
}
