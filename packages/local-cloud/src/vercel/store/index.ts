import type { MetadataStore } from '../../store';
import type { SecretBox } from '../SecretBox';
import { AliasStore } from './AliasStore';
import { CheckStore } from './CheckStore';
import { DeploymentStore } from './DeploymentStore';
import { DomainStore } from './DomainStore';
import { DrainBatchStore, DrainStore } from './DrainStore';
import { EnvStore } from './EnvStore';
import { LogStore } from './LogStore';
import { vercelMigrations } from './migrations';
import { ProjectStore } from './ProjectStore';
import { ResourceStore, WebhookStore } from './SealedStore';
import { UsageStore } from './UsageStore';

/** Everything that the Vercel side keeps. */
export interface VercelStores {
  projects: ProjectStore;
  env: EnvStore;
  domains: DomainStore;
  deployments: DeploymentStore;
  aliases: AliasStore;
  logs: LogStore;
  webhooks: WebhookStore;
  resources: ResourceStore;
  drains: DrainStore;
  drainBatches: DrainBatchStore;
  usage: UsageStore;
  checks: CheckStore;
  transaction<T>(body: () => T): T;
}

export function createVercelStores(
  store: MetadataStore,
  box: SecretBox,
): VercelStores {
  store.migrate('vercel', vercelMigrations);
  return {
    projects: new ProjectStore(store),
    env: new EnvStore(store, box),
    domains: new DomainStore(store),
    deployments: new DeploymentStore(store, box),
    aliases: new AliasStore(store),
    logs: new LogStore(store),
    webhooks: new WebhookStore(store, box),
    resources: new ResourceStore(store, box),
    drains: new DrainStore(store, box),
    drainBatches: new DrainBatchStore(store),
    usage: new UsageStore(store),
    checks: new CheckStore(store),
    transaction: body => store.transaction(body),
  };
}
