import type { Log } from '../context';
import type { VercelLimits } from './limits';
import type { UsageMeter } from './metering/UsageMeter';
import type { Presenter } from './presentation';
import type { CheckService } from './services/CheckService';
import type { CustomEnvironments } from './services/CustomEnvironments';
import type { DeploymentBuilder } from './services/DeploymentBuilder';
import type { DeploymentCreator } from './services/DeploymentCreator';
import type { DeploymentRemover } from './services/DeploymentRemover';
import type { DomainService } from './services/DomainService';
import type { DrainService } from './services/DrainService';
import type { EnvService } from './services/EnvService';
import type { ProjectService } from './services/ProjectService';
import type { ResourceService } from './services/ResourceService';
import type { RollingReleases } from './services/RollingReleases';
import type { TrafficSwitch } from './services/TrafficSwitch';
import type { WebhookNotifier } from './services/WebhookNotifier';
import type { VercelStores } from './store';

/** What the routes of the API work with. */
export interface VercelContext {
  stores: VercelStores;
  presenter: Presenter;
  projects: ProjectService;
  env: EnvService;
  environments: CustomEnvironments;
  domains: DomainService;
  creator: DeploymentCreator;
  builder: DeploymentBuilder;
  remover: DeploymentRemover;
  checks: CheckService;
  traffic: TrafficSwitch;
  releases: RollingReleases;
  notifier: WebhookNotifier;
  resources: ResourceService;
  drains: DrainService;
  meter: UsageMeter;
  limits: VercelLimits;
  log: Log;
}
