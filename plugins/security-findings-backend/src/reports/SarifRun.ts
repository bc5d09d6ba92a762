import {
  fingerprint,
  severityOfSarif,
  type FindingReport,
} from '@forkyard/plugin-security-findings-common';
import { OrdinalCounter } from '../sources/OrdinalCounter';
import { findIdentifiers, plainText, webUrl } from '../sources/plainText';
import { repositoryPathOfUri } from '../sources/repositoryPath';
import { sha256 } from '../sources/sha256';
import {
  resultSchema,
  ruleSchema,
  uriBaseIdsSchema,
  type SarifResult,
  type SarifRule,
  type SarifUriBaseIds,
} from './sarifSchemas';

/** A result with what belongs to it in other parts of the run. */
interface ResolvedResult {
  ruleId: string;
  rule?: SarifRule;
  result: SarifResult;
  message?: string;
  path?: string;
  line?: number;
}

/**
 * Collects the parts of a SARIF run, which come in any order, and turns them
 * into findings once all are there.
 */
export class SarifRun {
  readonly counts = { results: 0, rules: 0, artifacts: 0 };
  commit: string | undefined;
  readonly #results: SarifResult[] = [];
  readonly #rules: SarifRule[] = [];
  readonly #rulesById = new Map<string, SarifRule>();
  readonly #artifactUris = new Map<number, string>();
  #uriBaseIds: SarifUriBaseIds = {};

  addResult(value: unknown): void {
    this.counts.results += 1;
    const parsed = resultSchema.safeParse(value);
    if (parsed.success && isFailure(parsed.data))
      this.#results.push(parsed.data);
  }

  /** `ruleIndex` counts the rules of the driver only. */
  addRule(value: unknown, options: { isOfDriver: boolean }): void {
    this.counts.rules += 1;
    const parsed = ruleSchema.safeParse(value);
    const rule = parsed.success ? parsed.data : {};
    if (options.isOfDriver) this.#rules.push(rule);
    if ('id' in rule && rule.id) this.#rulesById.set(rule.id, rule);
  }

  addArtifact(index: number, uri: unknown): void {
    this.counts.artifacts += 1;
    if (typeof uri === 'string') {
      this.#artifactUris.set(index, uri.slice(0, 2000));
    }
  }

  setUriBaseIds(value: unknown): void {
    this.#uriBaseIds = uriBaseIdsSchema.parse(value);
  }

  setCommit(value: unknown): void {
    if (typeof value === 'string' && /^[0-9a-f]{7,64}$/i.test(value)) {
      this.commit = value.toLowerCase();
    }
  }

  toReports(): FindingReport[] {
    const ordinals = new OrdinalCounter();
    return this.#results
      .map(result => this.#resolve(result))
      .sort((left, right) => (left.line ?? 0) - (right.line ?? 0))
      .map(resolved => toReport(resolved, ordinals));
  }

  #resolve(result: SarifResult): ResolvedResult {
    const givenId = result.ruleId ?? result.rule?.id;
    const rule =
      (givenId ? this.#rulesById.get(givenId) : undefined) ??
      (result.ruleIndex === undefined
        ? undefined
        : this.#rules[result.ruleIndex]);
    const physical = result.locations?.[0]?.physicalLocation;
    const artifact = physical?.artifactLocation;
    const uri =
      artifact?.uri ??
      (artifact?.index === undefined
        ? undefined
        : this.#artifactUris.get(artifact.index));
    const root = artifact?.uriBaseId
      ? this.#uriBaseIds[artifact.uriBaseId]?.uri
      : Object.values(this.#uriBaseIds).find(
          base => base.uri && uri?.startsWith(base.uri),
        )?.uri;
    const line = physical?.region?.startLine;
    return {
      ruleId: plainText(givenId ?? rule?.id, 200) ?? 'unknown rule',
      rule,
      result,
      message: plainText(result.message?.text, 2000),
      path: repositoryPathOfUri(uri, root),
      line: line && line > 0 ? line : undefined,
    };
  }
}

/** Passed, informative, suppressed and gone results are no findings. */
function isFailure({ kind, suppressions, baselineState }: SarifResult) {
  const isSuppressed = suppressions?.some(
    ({ status }) => !status || status === 'accepted',
  );
  return (
    (kind === undefined || kind === 'fail') &&
    !isSuppressed &&
    baselineState !== 'absent'
  );
}

function toReport(
  resolved: ResolvedResult,
  ordinals: OrdinalCounter,
): FindingReport {
  const { ruleId, rule, result, message, path, line } = resolved;
  const summary = plainText(rule?.shortDescription?.text ?? rule?.name, 300);
  const identifiers = findIdentifiers([
    ruleId,
    ...(rule?.properties?.tags ?? []).map(tag =>
      tag.replace(/^external\/cwe\//, ''),
    ),
    ...(result.properties?.tags ?? []),
    message,
  ]);
  const found = findPackage(message);
  const advisory = findIdentifiers([ruleId])[0];
  return {
    fingerprint: fingerprint(
      found && advisory
        ? { kind: 'vulnerability', package: found.name, advisory }
        : ordinals.number({
            kind: 'code',
            rule: ruleId,
            path: path ?? '',
            message: message ?? '',
          }),
      sha256,
    ),
    rule: ruleId,
    title: summary ?? plainText(message, 300) ?? ruleId,
    description: message ?? plainText(rule?.fullDescription?.text, 2000),
    severity: severityOfSarif({
      level: result.level ?? rule?.defaultConfiguration?.level ?? 'warning',
      securitySeverity:
        result.properties?.['security-severity'] ??
        rule?.properties?.['security-severity'],
    }),
    location: path ? { path, line } : undefined,
    package: found,
    identifiers,
    url: webUrl(rule?.helpUri),
  };
}

/** Trivy writes the package into the message; SARIF itself has no place for it. */
function findPackage(message: string | undefined) {
  const name = message?.match(/^Package: (\S{1,214})\s*$/m)?.[1];
  return name
    ? {
        name,
        version: message?.match(/^Installed Version: (\S{1,100})\s*$/m)?.[1],
      }
    : undefined;
}
