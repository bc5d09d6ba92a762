import { LocalCloudConfig } from './config';
import { FaultBook } from './http';
import { Log } from './Log';
import { MetadataStore } from './store';
import type { Usage } from './vercel/metering/UsageMeter';
import { WebhookQueue } from './webhooks';

export type { Log };

/** Carries what both providers share. */
export interface LocalCloudContext {
  config: LocalCloudConfig;
  store: MetadataStore;
  webhooks: WebhookQueue;
  log: Log;
}

/** Describes a change of one branch or tag that has been written to a repository. */
export interface PushEvent {
  repositoryId: number;
  owner: string;
  repo: string;
  /** Full name such as `refs/heads/main`. */
  ref: string;
  /** Forty zeros when the ref was created. */
  before: string;
  /** Forty zeros when the ref was deleted. */
  after: string;
  /** Login of the one who pushed. */
  login: string;
}

/** Describes one commit as git has it. */
export interface CommitSummary {
  sha: string;
  message: string;
  authorName: string;
  authorEmail: string;
  /** ISO 8601, UTC. */
  authoredAt: string;
}

/** Describes a hosted repository to the other provider. */
export interface HostedRepository {
  id: number;
  owner: string;
  repo: string;
  private: boolean;
  defaultBranch: string;
}

/** Is what the GitHub side offers in-process, as GitHub does to Vercel's app. */
export interface GitHubSide {
  url: string;
  faults: FaultBook;
  /** Calls the listener after each push; returns how to stop that. */
  onPush(listener: (event: PushEvent) => void | Promise<void>): () => void;
  findRepository(options: {
    owner: string;
    repo: string;
  }): HostedRepository | undefined;
  findRepositoryById(id: number): HostedRepository | undefined;
  /** Resolves a branch, tag or sha to its commit. */
  findCommit(options: {
    owner: string;
    repo: string;
    ref: string;
  }): Promise<CommitSummary | undefined>;
  /** Writes the tree of a commit into an existing empty folder. */
  exportTree(options: {
    owner: string;
    repo: string;
    sha: string;
    directory: string;
  }): Promise<void>;
  /** Seeds and announces what an earlier process could not; called once all sides listen. */
  catchUp(): Promise<void>;
  stop(): Promise<void>;
}

/** Is the running Vercel side with its runtime and gateway. */
export interface VercelSide {
  url: string;
  gatewayUrl: string;
  faults: FaultBook;
  drains: {
    /** Sends what was served and logged until now, each batch once; for tests. */
    flush(): Promise<void>;
  };
  metering: {
    /** Adds usage as if it had been measured, also of past days; for tests. */
    add(usage: Usage): void;
    /** Writes what was used until now. */
    flush(): Promise<void>;
  };
  stop(): Promise<void>;
}
