import type { GitHubSide, LocalCloudContext, VercelSide } from '../context';
import { Gateway } from '../gateway';
import { ApiError, createApiApp, FaultBook, listen, TokenBook } from '../http';
import { DeploymentRuntime } from '../runtime';
import { createVercelContext } from './createVercelContext';
import { vercelErrorShape } from './errors';
import { GatewayHosts } from './GatewayHosts';
import { isInspectorPage, vercelRoutes } from './routes';
import { startFeeds } from './startFeeds';
import type { VercelContext } from './VercelContext';

/** Starts the Vercel API, the runtime of deployments and the gateway. */
export async function startVercelSide(
  context: LocalCloudContext,
  github: GitHubSide,
): Promise<VercelSide> {
  const { config, log } = context;
  const addresses = { apiUrl: '', gatewayPort: 0 };
  const runtime = await DeploymentRuntime.create({
    dataDir: config.dataDir,
    settings: config.runtime,
  });
  const vercel = createVercelContext({
    context,
    github,
    runtime,
    addresses: {
      apiUrl: () => addresses.apiUrl,
      gatewayPort: () => addresses.gatewayPort,
    },
  });
  const faults = new FaultBook();
  const { host, ports } = config;
  const gateway = new Gateway(
    new GatewayHosts({
      stores: vercel.stores,
      launcher: vercel.launcher,
      minuteMillis: vercel.releases.minuteMillis,
      publicHost: name => vercel.presenter.publicHost(name),
    }),
    runtime.settings,
  );
  // They hear of the first request already.
  const feeds = startFeeds(vercel, gateway);
  const gatewayServer = await gateway.start({ host, port: ports.gateway });
  addresses.gatewayPort = gatewayServer.port;
  const api = await listen(createApp(context, vercel, faults), {
    name: 'vercel',
    host,
    port: ports.vercel,
  }).catch(async error => {
    await gateway.stop();
    await runtime.stopAll();
    await feeds.stop();
    throw error;
  });
  addresses.apiUrl = api.url;

  const stopListening = github.onPush(async event => {
    try {
      await vercel.creator.createForPush(event);
    } catch (error) {
      log.error(`Push to ${event.owner}/${event.repo} not deployed: ${error}`);
    }
  });
  vercel.builder.resume();
  vercel.traffic.resume();
  vercel.releases.resume();
  return {
    ...feeds,
    url: api.url,
    gatewayUrl: gatewayServer.url,
    faults,
    stop: async () => {
      stopListening();
      vercel.releases.stop();
      await Promise.all([api.stop(), gateway.stop()]);
      const stopped = [vercel.builder.stop(), vercel.traffic.stop()];
      await runtime.stopAll();
      await Promise.all(stopped);
      await feeds.stop();
    },
  };
}

function createApp(
  { config, log }: LocalCloudContext,
  vercel: VercelContext,
  faults: FaultBook,
) {
  return createApiApp({
    tokens: new TokenBook(config.tokens),
    faults,
    log,
    errorShape: vercelErrorShape,
    requestIdHeader: 'x-vercel-id',
    unauthorized: () =>
      new ApiError(401, 'The request is missing an authentication token', {
        code: 'unauthorized',
        details: { invalidToken: true },
      }),
    anonymous: isInspectorPage,
    routes: router => vercelRoutes(router, vercel),
  });
}
