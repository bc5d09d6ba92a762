import {
  Account,
  Analysis,
  CodeScanningAlertBody,
  CodeScanningInstance,
  Repository,
  SecretLocation,
  SecretScanningAlertBody,
  SecurityAlert,
  StoredSarif,
} from '../store';
import { toRestUser } from './account';
import { encodePath } from './commit';
import {
  RestCodeScanningAlert,
  RestCodeScanningAnalysis,
  RestSarifStatus,
  RestSecretLocation,
  RestSecretScanningAlert,
} from './restTypes';

/** Finds the account of a login. */
export type FindAccount = (login: string) => Account | undefined;

/** Says how an alert is described. */
interface Described<Body> {
  baseUrl: string;
  repository: Repository;
  alert: SecurityAlert<Body>;
  findAccount?: FindAccount;
}

function slugOf(repository: Repository): string {
  return `${repository.owner.login}/${repository.name}`;
}

/** Describes who closed an alert, even when the account is gone. */
export function toClosingUser(
  { baseUrl, repository, findAccount }: Omit<Described<object>, 'alert'>,
  login: string | undefined,
) {
  if (login === undefined) {
    return null;
  }
  return toRestUser(baseUrl, findAccount?.(login) ?? repository.owner);
}

function toInstance(
  options: Described<CodeScanningAlertBody>,
  instance: CodeScanningInstance,
) {
  const { baseUrl, repository } = options;
  const { location } = instance;
  return {
    ref: instance.ref,
    analysis_key: '(default)',
    environment: '{}',
    category: instance.category,
    state: instance.state,
    commit_sha: instance.commitSha,
    message: { text: instance.message },
    location: {
      path: location.path,
      start_line: location.startLine,
      end_line: location.endLine,
      start_column: location.startColumn,
      end_column: location.endColumn,
    },
    html_url: `${baseUrl}/${slugOf(repository)}/blob/${
      instance.commitSha
    }/${encodePath(location.path)}#L${location.startLine}`,
    classifications: [],
  };
}

/** Finds the newest instance on a ref. */
export function findInstance(
  { instances }: CodeScanningAlertBody,
  ref: string,
): CodeScanningInstance | undefined {
  const onRef = instances.filter(instance => instance.ref === ref);
  return onRef.findLast(({ state }) => state === 'open') ?? onRef.at(-1);
}

/** Tells the state that an alert has on a ref. */
export function codeScanningState(
  alert: SecurityAlert<CodeScanningAlertBody>,
  ref: string,
): 'open' | 'dismissed' | 'fixed' {
  if (alert.state === 'closed') {
    return 'dismissed';
  }
  return findInstance(alert.body, ref)?.state ?? alert.state;
}

export function toCodeScanningAlert(
  options: Described<CodeScanningAlertBody> & { ref?: string },
): RestCodeScanningAlert {
  const { baseUrl, repository, alert } = options;
  const { rule, tool, instances } = alert.body;
  const ref = options.ref ?? `refs/heads/${repository.defaultBranch}`;
  const slug = slugOf(repository);
  const url = `${baseUrl}/repos/${slug}/code-scanning/alerts/${alert.number}`;
  const state = codeScanningState(alert, ref);
  return {
    number: alert.number,
    created_at: alert.createdAt,
    updated_at: alert.updatedAt,
    url,
    html_url: `${baseUrl}/${slug}/security/code-scanning/${alert.number}`,
    instances_url: `${url}/instances`,
    state,
    fixed_at: state === 'fixed' ? (alert.fixedAt ?? alert.updatedAt) : null,
    dismissed_by: toClosingUser(options, alert.closure?.by),
    dismissed_at: alert.closure?.at ?? null,
    dismissed_reason: (alert.closure?.reason ??
      null) as RestCodeScanningAlert['dismissed_reason'],
    dismissed_comment: alert.closure?.comment ?? null,
    rule: {
      id: rule.id,
      name: rule.name,
      severity: rule.severity,
      security_severity_level: rule.securityLevel ?? null,
      description: rule.description,
      full_description: rule.fullDescription,
      tags: rule.tags,
      help: rule.help ?? null,
      help_uri: rule.helpUri ?? null,
    },
    tool: {
      name: tool.name,
      version: tool.version ?? null,
      guid: tool.guid ?? null,
    },
    most_recent_instance: toInstance(
      options,
      findInstance(alert.body, ref) ?? instances[instances.length - 1],
    ),
  };
}

/** Describes an alert as lists do, without its long texts. */
export function toCodeScanningItem(
  options: Described<CodeScanningAlertBody> & { ref?: string },
) {
  const { rule, ...alert } = toCodeScanningAlert(options);
  const { help, help_uri, full_description, ...summary } = rule;
  return { ...alert, rule: summary };
}

export function toCodeScanningInstances(
  options: Described<CodeScanningAlertBody>,
) {
  return options.alert.body.instances.map(instance =>
    toInstance(options, instance),
  );
}

export function toCodeScanningAnalysis(
  baseUrl: string,
  repository: Repository,
  analysis: Analysis,
): RestCodeScanningAnalysis {
  return {
    ref: analysis.ref,
    commit_sha: analysis.commitSha,
    analysis_key: '(default)',
    environment: '{}',
    category: analysis.category,
    error: '',
    created_at: analysis.createdAt,
    results_count: analysis.resultsCount,
    rules_count: analysis.rulesCount,
    id: analysis.id,
    url: `${baseUrl}/repos/${slugOf(repository)}/code-scanning/analyses/${
      analysis.id
    }`,
    sarif_id: analysis.sarifId,
    tool: {
      name: analysis.tool.name,
      version: analysis.tool.version ?? null,
      guid: analysis.tool.guid ?? null,
    },
    deletable: false,
    warning: analysis.warning,
  };
}

export function toSarifStatus(
  baseUrl: string,
  repository: Repository,
  sarif: StoredSarif,
): RestSarifStatus {
  return {
    processing_status: sarif.status,
    analyses_url:
      sarif.status === 'complete'
        ? `${baseUrl}/repos/${slugOf(
            repository,
          )}/code-scanning/analyses?sarif_id=${sarif.id}`
        : null,
    errors: sarif.errors.length > 0 ? sarif.errors : null,
  };
}

export function toSecretScanningAlert(
  options: Described<SecretScanningAlertBody>,
): RestSecretScanningAlert {
  const { baseUrl, repository, alert } = options;
  const slug = slugOf(repository);
  const url = `${baseUrl}/repos/${slug}/secret-scanning/alerts/${alert.number}`;
  const { closure } = alert;
  return {
    number: alert.number,
    created_at: alert.createdAt,
    updated_at: alert.updatedAt,
    url,
    html_url: `${baseUrl}/${slug}/security/secret-scanning/${alert.number}`,
    locations_url: `${url}/locations`,
    state: alert.state === 'closed' ? 'resolved' : 'open',
    resolution: (closure?.reason ??
      null) as RestSecretScanningAlert['resolution'],
    resolved_at: closure?.at ?? null,
    resolved_by: toClosingUser(options, closure?.by),
    resolution_comment: closure?.comment ?? null,
    secret_type: alert.body.secretType,
    secret_type_display_name: alert.body.displayName,
    secret: alert.body.secret,
    push_protection_bypassed: false,
    push_protection_bypassed_by: null,
    push_protection_bypassed_at: null,
    validity: 'unknown',
    publicly_leaked: false,
    multi_repo: false,
  };
}

export function toSecretLocation(
  baseUrl: string,
  repository: Repository,
  location: SecretLocation,
): RestSecretLocation {
  const git = `${baseUrl}/repos/${slugOf(repository)}/git`;
  return {
    type: 'commit',
    details: {
      path: location.path,
      start_line: location.startLine,
      end_line: location.endLine,
      start_column: location.startColumn,
      end_column: location.endColumn,
      blob_sha: location.blobSha,
      blob_url: `${git}/blobs/${location.blobSha}`,
      commit_sha: location.commitSha,
      commit_url: `${git}/commits/${location.commitSha}`,
    },
  };
}
