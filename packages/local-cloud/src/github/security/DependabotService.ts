import { GitHubEvents, RepositoryGit } from '../services';
import { toDependabotAlert } from '../shapes';
import {
  DependabotAlertBody,
  GitHubStore,
  Repository,
  SecurityAlert,
} from '../store';
import { Advisories } from './AdvisoryBook';
import { listLockfiles } from './listLockfiles';

type Alert = SecurityAlert<DependabotAlertBody>;

/** Is a vulnerable package in a lockfile. */
interface Match {
  fingerprint: string;
  body: DependabotAlertBody;
}

/** Is what lockfiles say about all packages of a repository. */
export interface LockfileMatches {
  matches: Match[];
  /** Lockfiles that could not be read: their alerts stay as they are. */
  unreadable: string[];
}

/** Compares lockfiles with advisories. */
export class DependabotService {
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

  /** Finds what is vulnerable at a commit; without one, nothing is. */
  async match(
    git: RepositoryGit,
    commit: string | undefined,
    advisories: Advisories,
  ): Promise<LockfileMatches> {
    const lockfiles = commit ? await listLockfiles(git.objects, commit) : [];
    const matches = new Map<string, Match>();
    for (const { path, packages } of lockfiles) {
      for (const locked of packages ?? []) {
        const known = advisories.find(locked.name, locked.version);
        for (const { advisory, range } of known) {
          const fingerprint = JSON.stringify([
            advisory.id,
            path,
            locked.name,
            range.range,
          ]);
          const before = matches.get(fingerprint)?.body;
          const isDirect = locked.direct || before?.relationship === 'direct';
          const isRuntime = !locked.development || before?.scope === 'runtime';
          matches.set(fingerprint, {
            fingerprint,
            body: {
              packageName: locked.name,
              manifestPath: path,
              scope: isRuntime ? 'runtime' : 'development',
              relationship: isDirect ? 'direct' : 'transitive',
              vulnerableRange: range.range,
              firstPatched: range.firstPatched,
              advisory,
            },
          });
        }
      }
    }
    return {
      matches: [...matches.values()],
      unreadable: lockfiles
        .filter(({ packages }) => !packages)
        .map(({ path }) => path),
    };
  }

  /** Makes, reopens and fixes alerts so that they say what was found. Runs in the caller's transaction. */
  apply(
    repository: Repository,
    login: string,
    { matches, unreadable }: LockfileMatches,
  ): void {
    const alerts = this.#store.dependabotAlerts;
    const found = new Map(matches.map(match => [match.fingerprint, match]));
    for (const alert of alerts.list(repository.id)) {
      if (unreadable.includes(alert.body.manifestPath)) {
        continue;
      }
      const match = found.get(alert.fingerprint);
      found.delete(alert.fingerprint);
      this.#reconcile({ repository, login, alert, match });
    }
    for (const match of found.values()) {
      const alert = alerts.insert(repository.id, { ...match, state: 'open' });
      this.announce({ action: 'created', repository, alert, login });
    }
  }

  /** Announces a change of an alert. */
  announce(options: {
    action: string;
    repository: Repository;
    alert: Alert;
    login: string;
  }): void {
    const { action, repository, alert, login } = options;
    this.#events.emit({
      event: 'dependabot_alert',
      repository,
      login,
      body: {
        action,
        alert: toDependabotAlert({
          baseUrl: this.#baseUrl(),
          repository,
          alert,
          findAccount: name => this.#store.accounts.find(name),
        }),
      },
    });
  }

  #reconcile(options: {
    repository: Repository;
    login: string;
    alert: Alert;
    match: Match | undefined;
  }): void {
    const { repository, login, alert, match } = options;
    const alerts = this.#store.dependabotAlerts;
    if (match && alert.state === 'fixed') {
      const changed = alerts.update(repository.id, {
        ...alert,
        state: 'open',
        fixedAt: undefined,
        body: match.body,
      });
      this.announce({
        action: 'reintroduced',
        repository,
        alert: changed,
        login,
      });
    } else if (!match && alert.state === 'open') {
      const changed = alerts.update(repository.id, {
        ...alert,
        state: 'fixed',
        fixedAt: new Date().toISOString(),
      });
      this.announce({ action: 'fixed', repository, alert: changed, login });
    } else if (
      match &&
      JSON.stringify(match.body) !== JSON.stringify(alert.body)
    ) {
      alerts.update(repository.id, { ...alert, body: match.body });
    }
  }
}
