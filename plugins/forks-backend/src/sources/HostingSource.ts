import type { EnvironmentTarget } from '@forkyard/plugin-forks-common';

/** A project at the hosting provider. */
export interface HostingProject {
  id: string;
  name: string;
  /** `owner/repo` that it deploys. */
  repository?: string;
}

export interface HostingVariable {
  key: string;
  value: string;
  /** Whether the provider never shows the value again. */
  secret: boolean;
  targets: EnvironmentTarget[];
}

/** A variable as the provider lists it; values of secrets are not told. */
export interface ListedVariable {
  id?: string;
  key: string;
  value?: string;
}

export interface HostingStore {
  id: string;
  name: string;
}

export interface HostingDomain {
  name: string;
  verified: boolean;
  /** Records that the owner of the domain has to add. */
  records: Array<{ type: string; name: string; value: string }>;
}

export type HostingDeploymentState =
  'building' | 'ready' | 'failed' | 'canceled';

export interface HostingDeployment {
  id: string;
  state: HostingDeploymentState;
  /** Host name of this very deployment, with its port when it has one. */
  host?: string;
  /** Host names of production that lead to it. */
  aliases: string[];
  sha?: string;
  errorMessage?: string;
  inspectorUrl?: string;
}

export interface HostingLogLine {
  /** Unique within a deployment. */
  id: string;
  at: Date;
  text: string;
  level: 'info' | 'error';
}

export interface HostingAccount {
  name: string;
  /** Absent when the provider does not tell. */
  projectQuota?: { used: number; limit: number };
}

/**
 * Port to the projects of the platform that runs forks.
 *
 * Throws like `RepositorySource`.
 */
export interface ProjectSource {
  findProject(request: { name: string }): Promise<HostingProject | undefined>;
  /** The variables are there from the first moment on. */
  createProject(request: {
    name: string;
    repository: string;
    variables: HostingVariable[];
  }): Promise<HostingProject>;
  deleteProject(request: { id: string }): Promise<void>;
  listVariables(request: { projectId: string }): Promise<ListedVariable[]>;
  /** Creates or replaces by key and target. */
  upsertVariables(request: {
    projectId: string;
    variables: HostingVariable[];
  }): Promise<void>;
  findDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain | undefined>;
  /** Throws `ConflictError` when another project has it. */
  addDomain(request: {
    projectId: string;
    domain: string;
  }): Promise<HostingDomain>;
  /** Records that would point a domain to the platform; none when it does. */
  getDomainRecords(request: {
    domain: string;
  }): Promise<HostingDomain['records']>;
  removeDomain(request: { projectId: string; domain: string }): Promise<void>;
  /** Who we are at the provider; fails when the token is refused. */
  getAccount(): Promise<HostingAccount>;
}

/**
 * Port to the databases that the platform brings.
 *
 * Throws like `RepositorySource`.
 */
export interface StoreSource {
  findStore(request: { name: string }): Promise<HostingStore | undefined>;
  createStore(request: {
    integration: string;
    product: string;
    name: string;
    externalId: string;
  }): Promise<HostingStore>;
  /** Repeating it does nothing. */
  connectStore(request: {
    integration: string;
    storeId: string;
    projectId: string;
  }): Promise<void>;
  deleteStore(request: { storeId: string }): Promise<void>;
}

/**
 * Port to the deployments of the platform.
 *
 * Throws like `RepositorySource`.
 */
export interface DeploymentSource {
  /** Production deployments of a commit, newest first. */
  listProductionDeployments(request: {
    projectId: string;
    sha: string;
  }): Promise<HostingDeployment[]>;
  /** Never repeated by itself: look whether it took effect. */
  createDeployment(request: {
    projectId: string;
    projectName: string;
    repository: { owner: string; repo: string };
    branch: string;
    sha: string;
  }): Promise<HostingDeployment>;
  getDeployment(request: { id: string }): Promise<HostingDeployment>;
  /** Lines of the build log since a moment, oldest first. */
  listBuildLog(request: {
    id: string;
    since?: Date;
  }): Promise<HostingLogLine[]>;
}
