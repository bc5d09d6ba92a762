import { MetadataStore } from '../../store';
import { Account, AccountStore } from './AccountStore';
import { deleteScope, DocumentStore } from './DocumentStore';
import { Repository, RepositoryStore } from './RepositoryStore';
import { SarifStore } from './SarifStore';
import { ScanStore } from './ScanStore';
import { SecurityAlertStore } from './SecurityAlertStore';
import {
  CodeScanningAlertBody,
  DependabotAlertBody,
  SecretScanningAlertBody,
} from './securityAlerts';
import { githubMigrations } from './tables';

/** Is a subscription to events. */
export interface HookBody {
  active: boolean;
  events: string[];
  config: {
    url: string;
    contentType: string;
    insecureSsl: string;
    secret?: string;
  };
}

/** Is the state of a commit in the eyes of one checker. */
export interface StatusBody {
  sha: string;
  state: 'error' | 'failure' | 'pending' | 'success';
  context: string;
  description?: string;
  targetUrl?: string;
  creator: string;
}

/** Is a request to merge one branch into another one. */
export interface PullBody {
  number: number;
  title: string;
  body?: string;
  /** Login of the author. */
  user: string;
  draft: boolean;
  state: 'open' | 'closed';
  headRepositoryId: number;
  /** Short branch name. */
  headRef: string;
  baseRef: string;
  /** Where the branches stood when it was closed; undefined while open. */
  headSha?: string;
  baseSha?: string;
  mergeCommitSha?: string;
  mergedBy?: string;
  mergedAt?: string;
  closedAt?: string;
  labels: string[];
  assignees: string[];
  reviewers: string[];
  teamReviewers: string[];
}

/** Is what a check found in a commit, or that it still looks. */
export interface CheckRunBody {
  sha: string;
  name: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion?:
    | 'action_required'
    | 'cancelled'
    | 'failure'
    | 'neutral'
    | 'success'
    | 'skipped'
    | 'timed_out';
  detailsUrl?: string;
  externalId?: string;
  startedAt: string;
  completedAt?: string;
  output?: { title?: string; summary?: string; text?: string };
}

export interface LabelBody {
  color: string;
  description?: string;
}

export interface VariableBody {
  value: string;
}

/** Is a sealed value; only the one who holds the private key could open it, and nobody does. */
export interface SecretBody {
  encryptedValue: string;
  keyId: string;
}

export interface PublicKeyBody {
  keyId: string;
  /** Base64 of the 32 bytes of an X25519 public key. */
  key: string;
}

export interface EnvironmentBody {
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: { type: 'User' | 'Team'; id: number }[];
  deploymentBranchPolicy?: {
    protected_branches: boolean;
    custom_branch_policies: boolean;
  };
}

export interface TeamBody {
  name: string;
  description?: string;
  privacy: string;
  members: string[];
}

export interface PermissionBody {
  permission: string;
}

/** Is a JSON object of the caller's that is kept as it came. */
export type OpenBody = Record<string, unknown>;

/** Opens the tables of the GitHub side. */
export class GitHubStore {
  readonly accounts: AccountStore;
  readonly repositories: RepositoryStore;
  readonly hooks: DocumentStore<HookBody>;
  readonly statuses: DocumentStore<StatusBody>;
  readonly checkRuns: DocumentStore<CheckRunBody>;
  readonly pulls: DocumentStore<PullBody>;
  readonly labels: DocumentStore<LabelBody>;
  readonly variables: DocumentStore<VariableBody>;
  readonly secrets: DocumentStore<SecretBody>;
  readonly publicKeys: DocumentStore<PublicKeyBody>;
  readonly environments: DocumentStore<EnvironmentBody>;
  readonly teams: DocumentStore<TeamBody>;
  readonly collaborators: DocumentStore<PermissionBody>;
  readonly teamRepositories: DocumentStore<PermissionBody>;
  readonly protections: DocumentStore<OpenBody>;
  readonly switches: DocumentStore<OpenBody>;
  readonly imports: DocumentStore<{ commit: string }>;
  readonly codeScanningAlerts: SecurityAlertStore<CodeScanningAlertBody>;
  readonly secretScanningAlerts: SecurityAlertStore<SecretScanningAlertBody>;
  readonly dependabotAlerts: SecurityAlertStore<DependabotAlertBody>;
  readonly sarifs: SarifStore;
  readonly scans: ScanStore;
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    store.migrate('github', githubMigrations);
    this.#store = store;
    this.accounts = new AccountStore(store);
    this.repositories = new RepositoryStore(store);
    this.hooks = new DocumentStore(store, 'hook');
    this.statuses = new DocumentStore(store, 'status');
    this.checkRuns = new DocumentStore(store, 'check-run');
    this.pulls = new DocumentStore(store, 'pull');
    this.labels = new DocumentStore(store, 'label');
    this.variables = new DocumentStore(store, 'variable');
    this.secrets = new DocumentStore(store, 'secret');
    this.publicKeys = new DocumentStore(store, 'public-key');
    this.environments = new DocumentStore(store, 'environment');
    this.teams = new DocumentStore(store, 'team');
    this.collaborators = new DocumentStore(store, 'collaborator');
    this.teamRepositories = new DocumentStore(store, 'team-repository');
    this.protections = new DocumentStore(store, 'protection');
    this.switches = new DocumentStore(store, 'switch');
    this.imports = new DocumentStore(store, 'import');
    this.codeScanningAlerts = new SecurityAlertStore(store, 'code-scanning');
    this.secretScanningAlerts = new SecurityAlertStore(
      store,
      'secret-scanning',
    );
    this.dependabotAlerts = new SecurityAlertStore(store, 'dependabot');
    this.sarifs = new SarifStore(store);
    this.scans = new ScanStore(store);
  }

  transaction<Result>(body: () => Result): Result {
    return this.#store.transaction(body);
  }

  /** Forgets a repository and everything that belongs to it. */
  deleteRepository(repository: Repository): void {
    this.transaction(() => {
      for (const { name } of this.environments.list(
        repositoryScope(repository),
      )) {
        deleteScope(this.#store, environmentScope(repository, name));
      }
      deleteScope(this.#store, repositoryScope(repository));
      this.repositories.delete(repository.id);
    });
  }
}

export function repositoryScope(repository: Pick<Repository, 'id'>): string {
  return `repository:${repository.id}`;
}

export function accountScope(account: Pick<Account, 'id'>): string {
  return `account:${account.id}`;
}

export function environmentScope(
  repository: Pick<Repository, 'id'>,
  environment: string,
): string {
  return `repository:${repository.id}:${environment.toLowerCase()}`;
}
