import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { GitHubEvents } from '../services';
import { toCodeScanningAlert } from '../shapes';
import {
  CodeScanningAlertBody,
  CodeScanningInstance,
  GitHubStore,
  Repository,
  SecurityAlert,
  StoredSarif,
} from '../store';
import {
  readSarif,
  SarifAnalysis,
  SarifError,
  SarifFinding,
} from './readSarif';

/** Bytes that an uploaded file may have once it is unpacked; GitHub does not say its own limit. */
const unpackedLimit = 256 * 1024 * 1024;

type Alert = SecurityAlert<CodeScanningAlertBody>;

/** Says which analyses replace each other. */
interface AnalysisPlace {
  ref: string;
  category: string;
  commitSha: string;
}

function isOpen({ instances }: CodeScanningAlertBody): boolean {
  return instances.some(({ state }) => state === 'open');
}

function placeInstance(
  instances: CodeScanningInstance[],
  { ref, category }: AnalysisPlace,
): {
  before: CodeScanningInstance | undefined;
  others: CodeScanningInstance[];
} {
  const isSame = (instance: CodeScanningInstance) =>
    instance.ref === ref && instance.category === category;
  return {
    before: instances.find(isSame),
    others: instances.filter(instance => !isSame(instance)),
  };
}

/** Turns uploaded SARIF files into alerts. */
export class CodeScanningService {
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

  /** Reads one uploaded file; all of it counts, or none. Repeating it after a crash changes nothing more. */
  async process(sarif: StoredSarif): Promise<void> {
    const repository = this.#store.repositories.findById(sarif.repositoryId);
    if (!repository) {
      return;
    }
    const { upload } = sarif;
    let analyses: SarifAnalysis[];
    try {
      const content = await promisify(gunzip)(
        this.#store.sarifs.getContent(sarif.id),
        { maxOutputLength: unpackedLimit },
      ).catch(() => {
        throw new SarifError('could not unpack SARIF: it is not gzip, or huge');
      });
      analyses = readSarif(content.toString('utf8'), upload);
    } catch (error) {
      if (!(error instanceof SarifError)) {
        throw error;
      }
      this.#store.sarifs.complete(sarif.id, [error.message]);
      return;
    }
    this.#store.transaction(() => {
      this.#apply(repository, sarif, analyses);
      this.#store.sarifs.complete(sarif.id, []);
    });
  }

  /** Announces what somebody decided of an alert. */
  announce(options: {
    action: string;
    repository: Repository;
    alert: Alert;
    login: string;
    instance?: CodeScanningInstance;
  }): void {
    const { action, repository, alert, login } = options;
    const instance = options.instance ?? alert.body.instances.at(-1);
    this.#events.emit({
      event: 'code_scanning_alert',
      repository,
      login,
      body: {
        action,
        alert: toCodeScanningAlert({
          baseUrl: this.#baseUrl(),
          repository,
          alert,
          ref: instance?.ref,
        }),
        ref: instance?.ref ?? '',
        commit_oid: instance?.commitSha ?? '',
      },
    });
  }

  #apply(
    repository: Repository,
    sarif: StoredSarif,
    analyses: SarifAnalysis[],
  ): void {
    const { ref, commitSha, login } = sarif.upload;
    const groups = new Map<string, SarifAnalysis[]>();
    for (const analysis of analyses) {
      const { findings, ...about } = analysis;
      this.#store.sarifs.insertAnalysis({
        repositoryId: repository.id,
        sarifId: sarif.id,
        body: { ref, commitSha, ...about },
      });
      const key = JSON.stringify([analysis.tool.name, analysis.category]);
      groups.set(key, [...(groups.get(key) ?? []), analysis]);
    }
    for (const group of groups.values()) {
      this.#applyGroup(repository, login, {
        place: { ref, commitSha, category: group[0].category },
        tool: group[0].tool,
        findings: group.flatMap(({ findings }) => findings),
      });
    }
  }

  #applyGroup(
    repository: Repository,
    login: string,
    options: {
      place: AnalysisPlace;
      tool: CodeScanningAlertBody['tool'];
      findings: SarifFinding[];
    },
  ): void {
    const { place, tool, findings } = options;
    const alerts = this.#store.codeScanningAlerts;
    const known = new Map(
      alerts
        .list(repository.id)
        .map(alert => [alert.fingerprint, alert] as const),
    );
    const seen = new Map(
      findings.map(finding => [finding.fingerprint, finding] as const),
    );
    for (const finding of seen.values()) {
      this.#see({
        repository,
        login,
        place,
        tool,
        finding,
        alert: known.get(finding.fingerprint),
      });
    }
    for (const alert of known.values()) {
      if (alert.body.tool.name === tool.name && !seen.has(alert.fingerprint)) {
        this.#miss({ repository, login, place, alert });
      }
    }
  }

  #see(options: {
    repository: Repository;
    login: string;
    place: AnalysisPlace;
    tool: CodeScanningAlertBody['tool'];
    finding: SarifFinding;
    alert: Alert | undefined;
  }): void {
    const { repository, login, place, tool, finding, alert } = options;
    const alerts = this.#store.codeScanningAlerts;
    const { rule, message, location, fingerprint } = finding;
    const instance: CodeScanningInstance = {
      ...place,
      state: 'open',
      message,
      location,
    };
    if (!alert) {
      const created = alerts.insert(repository.id, {
        fingerprint,
        state: 'open',
        body: { tool, rule, instances: [instance] },
      });
      this.announce({
        action: 'created',
        repository,
        alert: created,
        login,
        instance,
      });
      return;
    }
    const { before, others } = placeInstance(alert.body.instances, place);
    const reopened = alert.state === 'fixed';
    const changed = alerts.update(repository.id, {
      ...alert,
      state: reopened ? 'open' : alert.state,
      fixedAt: reopened ? undefined : alert.fixedAt,
      body: { tool, rule, instances: [...others, instance] },
    });
    const isNewRef = !others.some(({ ref }) => ref === place.ref) && !before;
    if (reopened || isNewRef) {
      this.announce({
        action: reopened ? 'reopened' : 'appeared_in_branch',
        repository,
        alert: changed,
        login,
        instance,
      });
    }
  }

  #miss(options: {
    repository: Repository;
    login: string;
    place: AnalysisPlace;
    alert: Alert;
  }): void {
    const { repository, login, place, alert } = options;
    const { before, others } = placeInstance(alert.body.instances, place);
    if (before?.state !== 'open') {
      return;
    }
    const instance: CodeScanningInstance = {
      ...before,
      ...place,
      state: 'fixed',
    };
    const body = { ...alert.body, instances: [...others, instance] };
    const fixed = alert.state === 'open' && !isOpen(body);
    const changed = this.#store.codeScanningAlerts.update(repository.id, {
      ...alert,
      body,
      state: fixed ? 'fixed' : alert.state,
      fixedAt: fixed ? new Date().toISOString() : alert.fixedAt,
    });
    if (fixed) {
      this.announce({
        action: 'fixed',
        repository,
        alert: changed,
        login,
        instance,
      });
    }
  }
}
