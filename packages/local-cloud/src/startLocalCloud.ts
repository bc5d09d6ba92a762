import { chmodSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { isLoopbackAddress, LocalCloudConfig } from './config';
import { GitHubSide, Log, VercelSide } from './context';
import { startGitHubSide } from './github';
import { MetadataStore } from './store';
import { startVercelSide } from './vercel';
import { WebhookDeliveryStore, WebhookQueue } from './webhooks';

/** Is a local-cloud that answers on all of its origins. */
export interface RunningLocalCloud {
  urls: { github: string; vercel: string; gateway: string };
  github: GitHubSide;
  vercel: VercelSide;
  /** Stops servers and deployments; everything kept is on disk. */
  stop(): Promise<void>;
}

const consoleLog: Log = {
  info: message => process.stdout.write(`local-cloud: ${message}\n`),
  warn: message => process.stderr.write(`local-cloud: ${message}\n`),
  error: message => process.stderr.write(`local-cloud: ${message}\n`),
};

/** Starts both providers on one data folder. Only one process may use the folder at a time. */
export async function startLocalCloud(
  config: LocalCloudConfig,
  options: { log?: Log; webhookRetryMilliseconds?: number[] } = {},
): Promise<RunningLocalCloud> {
  if (!isLoopbackAddress(config.host)) {
    throw new Error(
      `local-cloud cannot listen on '${config.host}': it is for this machine only. Use 127.0.0.1.`,
    );
  }
  const log = options.log ?? consoleLog;
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  chmodSync(config.dataDir, 0o700);
  const store = MetadataStore.open(
    path.join(config.dataDir, 'metadata.sqlite'),
  );
  const webhooks = new WebhookQueue({
    deliveries: new WebhookDeliveryStore(store),
    log,
    retryMilliseconds: options.webhookRetryMilliseconds,
  });
  const context = { config, store, webhooks, log };
  const undo: (() => Promise<void> | void)[] = [() => store.close()];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) {
      await step();
    }
  };
  try {
    undo.push(() => webhooks.stop());
    const github = await startGitHubSide(context);
    undo.push(() => github.stop());
    const vercel = await startVercelSide(context, github);
    undo.push(() => vercel.stop());
    await github.catchUp();
    webhooks.start();
    return {
      urls: {
        github: github.url,
        vercel: vercel.url,
        gateway: vercel.gatewayUrl,
      },
      github,
      vercel,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
