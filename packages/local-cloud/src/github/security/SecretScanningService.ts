import { createHash } from 'node:crypto';
import { runGit } from '../git';
import { GitHubEvents, RepositoryGit } from '../services';
import { toSecretLocation, toSecretScanningAlert } from '../shapes';
import {
  BlobSecret,
  GitHubStore,
  Repository,
  SecretLocation,
  SecretScanningAlertBody,
  SecurityAlert,
} from '../store';
import { findSecrets } from './findSecrets';

type Alert = SecurityAlert<SecretScanningAlertBody>;

/** Is a secret and where it is. */
interface FoundSecret {
  secret: BlobSecret;
  location: SecretLocation;
}

interface BlobPlace {
  sha: string;
  path: string;
}

function fingerprintOf({ secretType, secret }: BlobSecret): string {
  return createHash('sha256')
    .update(JSON.stringify([secretType, secret]))
    .digest('hex');
}

function isSame(left: SecretLocation, right: SecretLocation): boolean {
  return (
    left.blobSha === right.blobSha &&
    left.path === right.path &&
    left.startLine === right.startLine &&
    left.startColumn === right.startColumn
  );
}

/** Lists blobs up to 1 MB that commits brought which no earlier search has seen. */
async function listNewBlobs(
  gitDir: string,
  heads: string[],
  scannedHeads: string[],
): Promise<BlobPlace[]> {
  const { text } = await runGit({
    gitDir,
    args: [
      'rev-list',
      '--objects',
      '--ignore-missing',
      '--filter=object:type=blob',
      '--filter=blob:limit=1m',
      '--filter-provided-objects',
      '--stdin',
    ],
    input: [...heads, ...scannedHeads.map(sha => `^${sha}`), ''].join('\n'),
  });
  return text
    .split('\n')
    .map(line => ({ sha: line.slice(0, 40), path: line.slice(41) }))
    .filter(({ path }) => path !== '');
}

/** Finds the first commit that had a blob. */
async function findIntroduction(
  gitDir: string,
  sha: string,
): Promise<string | undefined> {
  const { text } = await runGit({
    gitDir,
    args: ['log', '--all', '--format=%H', `--find-object=${sha}`],
  });
  return text.trim().split('\n').at(-1) || undefined;
}

/**
 * Searches the history of all branches for secrets.
 *
 * An alert stays open when its secret is taken out of the files, as on GitHub:
 * the history still has it.
 */
export class SecretScanningService {
  readonly #store: GitHubStore;
  readonly #events: GitHubEvents;
  readonly #baseUrl: () => string;

  constructor(options: {
    store: GitHubStore;
    events: GitHubEvents;
    baseUrl: () => string;
  }) {
    this.#store = options.store;
    this.#events = options.events;
    this.#baseUrl = options.baseUrl;
  }

  async search(
    git: RepositoryGit,
    heads: string[],
    scannedHeads: string[],
  ): Promise<FoundSecret[]> {
    const found: FoundSecret[] = [];
    if (heads.length === 0) {
      return found;
    }
    const blobs = await listNewBlobs(git.gitDir, heads, scannedHeads);
    for (const { sha, path } of blobs) {
      const secrets = await this.#searchBlob(git, { sha, path });
      const commitSha =
        secrets.length > 0
          ? await findIntroduction(git.gitDir, sha)
          : undefined;
      for (const secret of commitSha ? secrets : []) {
        const { startLine, endLine, startColumn, endColumn } = secret;
        found.push({
          secret,
          location: {
            path,
            startLine,
            endLine,
            startColumn,
            endColumn,
            blobSha: sha,
            commitSha: commitSha ?? '',
          },
        });
      }
    }
    return found;
  }

  /** Makes alerts and adds locations for what was found. Runs in the caller's transaction. */
  apply(repository: Repository, login: string, found: FoundSecret[]): void {
    const alerts = this.#store.secretScanningAlerts;
    for (const { secret, location } of found) {
      const fingerprint = fingerprintOf(secret);
      const before = alerts.findByFingerprint(repository.id, fingerprint);
      if (before?.body.locations.some(known => isSame(known, location))) {
        continue;
      }
      const alert = before
        ? alerts.update(repository.id, {
            ...before,
            body: {
              ...before.body,
              locations: [...before.body.locations, location],
            },
          })
        : alerts.insert(repository.id, {
            fingerprint,
            state: 'open',
            body: {
              secretType: secret.secretType,
              displayName: secret.displayName,
              secret: secret.secret,
              locations: [location],
            },
          });
      if (!before) {
        this.announce({ action: 'created', repository, alert, login });
      }
      this.#announceLocation({ repository, alert, login, location });
    }
  }

  /** Announces a change of an alert; the secret itself is not in it, as on GitHub. */
  announce(options: {
    action: string;
    repository: Repository;
    alert: Alert;
    login: string;
  }): void {
    const { action, repository, alert, login } = options;
    this.#events.emit({
      event: 'secret_scanning_alert',
      repository,
      login,
      body: { action, alert: this.#describe(repository, alert) },
    });
  }

  #announceLocation(options: {
    repository: Repository;
    alert: Alert;
    login: string;
    location: SecretLocation;
  }): void {
    const { repository, alert, login, location } = options;
    this.#events.emit({
      event: 'secret_scanning_alert_location',
      repository,
      login,
      body: {
        action: 'created',
        alert: this.#describe(repository, alert),
        location: toSecretLocation(this.#baseUrl(), repository, location),
      },
    });
  }

  #describe(repository: Repository, alert: Alert) {
    const { secret, ...described } = toSecretScanningAlert({
      baseUrl: this.#baseUrl(),
      repository,
      alert,
      findAccount: login => this.#store.accounts.find(login),
    });
    return described;
  }

  /** Searches a blob once for all repositories that have it: forks share nearly all of theirs. */
  async #searchBlob(
    git: RepositoryGit,
    { sha, path }: BlobPlace,
  ): Promise<BlobSecret[]> {
    const { scans } = this.#store;
    const known = scans.findBlobSecrets(sha, path);
    if (known) {
      return known;
    }
    const blob = await git.objects.find(sha, 'blob');
    const isText = blob && !blob.content.subarray(0, 8_000).includes(0);
    const secrets = isText
      ? await findSecrets(blob.content.toString('utf8'), path)
      : [];
    scans.setBlobSecrets(sha, path, secrets);
    return secrets;
  }
}
