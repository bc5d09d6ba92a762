import { Log } from '../../Log';
import { RepositoryService } from '../services';
import { DueScan, GitHubStore } from '../store';
import { AdvisoryBook } from './AdvisoryBook';
import { CodeScanningService } from './CodeScanningService';
import { DependabotService } from './DependabotService';
import { SecretScanningService } from './SecretScanningService';

const retryMilliseconds = 30_000;

/**
 * Does the work of the security features beside the requests, one piece at a time.
 *
 * What is due is in the store: uploaded SARIF files that were not read, and
 * repositories that were pushed to since their last scan. Each piece writes its
 * result and its end in one transaction, so a crash only repeats it.
 */
export class SecurityScanner {
  readonly #store: GitHubStore;
  readonly #repositories: RepositoryService;
  readonly #log: Log;
  readonly #advisories: AdvisoryBook;
  readonly #codeScanning: CodeScanningService;
  readonly #dependabot: DependabotService;
  readonly #secretScanning: SecretScanningService;
  /** Repositories whose scan failed, until they are tried again. */
  readonly #failed = new Set<number>();
  #running?: Promise<void>;
  #isAwake = false;
  #isStopped = true;
  #timer?: NodeJS.Timeout;

  constructor(options: {
    store: GitHubStore;
    repositories: RepositoryService;
    log: Log;
    advisories: AdvisoryBook;
    codeScanning: CodeScanningService;
    dependabot: DependabotService;
    secretScanning: SecretScanningService;
  }) {
    this.#store = options.store;
    this.#repositories = options.repositories;
    this.#log = options.log;
    this.#advisories = options.advisories;
    this.#codeScanning = options.codeScanning;
    this.#dependabot = options.dependabot;
    this.#secretScanning = options.secretScanning;
  }

  /** Takes up what an earlier process left, and what other advisories make due again. */
  async start(login: string): Promise<void> {
    const { digest } = await this.#advisories.read();
    this.#store.scans.requestOutdated(digest, login);
    this.#isStopped = false;
    this.wake();
  }

  /** Looks for work soon. */
  wake(): void {
    this.#isAwake = true;
    if (this.#isStopped || this.#running) {
      return;
    }
    this.#running = this.#work().finally(() => {
      this.#running = undefined;
      if (this.#isAwake) {
        this.wake();
      }
    });
  }

  /** Stops after the piece that is under way. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #work(): Promise<void> {
    while (this.#isAwake && !this.#isStopped) {
      this.#isAwake = false;
      const sarif = this.#store.sarifs.findPending();
      if (sarif) {
        this.#isAwake = true;
        try {
          await this.#codeScanning.process(sarif);
        } catch (error) {
          this.#log.error(`SARIF ${sarif.id} could not be read: ${error}`);
          this.#store.sarifs.complete(sarif.id, [
            'an internal error occurred while processing the analysis',
          ]);
        }
      }
      const scan = this.#store.scans.findDue([...this.#failed]);
      if (scan) {
        this.#isAwake = true;
        await this.#scan(scan).catch(error => this.#postpone(scan, error));
      }
    }
  }

  #postpone(scan: DueScan, error: unknown): void {
    this.#failed.add(scan.repositoryId);
    this.#log.error(
      `Repository ${scan.repositoryId} could not be scanned and is tried again in ${
        retryMilliseconds / 1000
      } s: ${error}`,
    );
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#failed.clear();
      this.wake();
    }, retryMilliseconds);
    this.#timer.unref();
  }

  async #scan(scan: DueScan): Promise<void> {
    const repository = this.#store.repositories.findById(scan.repositoryId);
    if (!repository) {
      return;
    }
    const git = this.#repositories.git(repository);
    const branches = await git.objects.listRefs('refs/heads/');
    const heads = [...new Set(branches.map(({ sha }) => sha))];
    const head = branches.find(
      ({ ref }) => ref === `refs/heads/${repository.defaultBranch}`,
    );
    const advisories = await this.#advisories.read();
    const matches = await this.#dependabot.match(git, head?.sha, advisories);
    const found = await this.#secretScanning.search(
      git,
      heads,
      scan.scannedHeads,
    );
    this.#store.transaction(() => {
      const current = this.#store.repositories.findById(scan.repositoryId);
      if (!current) {
        return;
      }
      this.#dependabot.apply(current, scan.login, matches);
      this.#secretScanning.apply(current, scan.login, found);
      this.#store.scans.complete(scan, {
        advisories: advisories.digest,
        scannedHeads: heads,
      });
    });
  }
}
