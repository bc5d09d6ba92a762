import { join } from 'node:path';
import type { GitHubSide, LocalCloudContext } from '../context';
import type { DeploymentRuntime } from '../runtime';
import { DrainFeed } from './drains/DrainFeed';
import { DrainSender } from './drains/DrainSender';
import { defaultVercelLimits } from './limits';
import { UsageMeter } from './metering/UsageMeter';
import { Presenter } from './presentation';
import { SecretBox } from './SecretBox';
import { CheckService } from './services/CheckService';
import { CustomEnvironments } from './services/CustomEnvironments';
import { DeploymentBuilder } from './services/DeploymentBuilder';
import { DeploymentCreator } from './services/DeploymentCreator';
import { DeploymentLauncher } from './services/DeploymentLauncher';
import { DeploymentRemover } from './services/DeploymentRemover';
import { DomainService } from './services/DomainService';
import { DrainService } from './services/DrainService';
import { EnvService } from './services/EnvService';
import { ProductionHosts } from './services/ProductionHosts';
import { ProjectService } from './services/ProjectService';
import { ResourceService } from './services/ResourceService';
import { RollingReleases } from './services/RollingReleases';
import { TrafficSwitch } from './services/TrafficSwitch';
import { WebhookNotifier } from './services/WebhookNotifier';
import type { Feeds } from './startFeeds';
import { createVercelStores, type VercelStores } from './store';
import type { VercelContext } from './VercelContext';

/** Puts the services of the Vercel side together. */
export function createVercelContext(options: {
  context: LocalCloudContext;
  github: GitHubSide;
  runtime: DeploymentRuntime;
  /** Known when the servers listen, and asked for later than that. */
  addresses: { apiUrl: () => string; gatewayPort: () => number };
}): VercelContext & Feeds & { launcher: DeploymentLauncher } {
  const { github, runtime } = options;
  const { config, log, store, webhooks } = options.context;
  const limits = { ...defaultVercelLimits, ...config.vercelLimits };
  const box = SecretBox.open(join(config.dataDir, 'vercel.key'));
  const stores = createVercelStores(store, box);
  const presenter = new Presenter({ stores, ...options.addresses });
  const notifier = new WebhookNotifier({
    stores,
    queue: webhooks,
    presenter,
    sharedSecret: config.webhookSecrets.vercel,
  });
  const filesPath = (id: string) =>
    join(config.dataDir, 'deployment-files', `${id}.json`);
  const feeds = createFeeds(options.context, stores, presenter);
  const launcher = new DeploymentLauncher({
    runtime,
    stores,
    ...feeds,
  });
  const checks = new CheckService({ stores, notifier });
  const parts = { stores, runtime, launcher, notifier, checks };
  const { traffic, releases } = createTraffic(options.context, parts);
  const environments = new CustomEnvironments({ stores, limits });
  const builder = new DeploymentBuilder({
    ...feeds,
    ...parts,
    environments,
    traffic,
    github,
    filesPath,
    log,
  });
  const creator = new DeploymentCreator({
    ...parts,
    builder,
    github,
    publicHost: host => presenter.publicHost(host),
    filesPath,
    deploymentsPerHour: limits.deploymentsPerHour,
  });
  const remover = new DeploymentRemover({
    ...parts,
    builder,
    creator,
    releases,
  });
  const env = new EnvService({ stores, notifier, limits });
  return {
    stores,
    presenter,
    notifier,
    launcher,
    ...feeds,
    traffic,
    releases,
    checks,
    builder,
    creator,
    remover,
    env,
    environments,
    projects: new ProjectService({ stores, github, remover, notifier, limits }),
    domains: new DomainService({ stores, notifier, limits }),
    resources: new ResourceService({
      stores,
      env,
      postgresUrl: config.postgresUrl,
    }),
    limits,
    log,
  };
}

function createFeeds(
  { log, webhooks }: LocalCloudContext,
  stores: VercelStores,
  presenter: Presenter,
) {
  const { retryMilliseconds } = webhooks;
  const sender = new DrainSender({ stores, log, retryMilliseconds });
  const feed = new DrainFeed({ stores, presenter, sender });
  return {
    sender,
    feed,
    drains: new DrainService({ stores, feed, sender }),
    meter: new UsageMeter({ stores, log }),
  };
}

function createTraffic(
  { config, log }: LocalCloudContext,
  parts: {
    stores: VercelStores;
    runtime: DeploymentRuntime;
    launcher: DeploymentLauncher;
    notifier: WebhookNotifier;
    checks: CheckService;
  },
) {
  const production = new ProductionHosts(parts.stores);
  const releases = new RollingReleases({
    ...parts,
    production,
    minuteMillis: config.rollingReleaseMinuteMillis ?? 60_000,
    log,
  });
  const traffic = new TrafficSwitch({ ...parts, production, releases, log });
  return { traffic, releases };
}
