import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  CodeScanningInstance,
  CodeScanningRule,
  CodeScanningSeverity,
  CodeScanningTool,
  SecurityLevel,
} from '../store';

/** Limits at which GitHub refuses a file, or keeps less: docs.github.com, "SARIF results exceed limits". */
const limits = {
  runs: 20,
  resultsPerRun: 25_000,
  rulesPerRun: 25_000,
  extensionsPerRun: 100,
  tagsPerRule: 20,
  tagsKept: 10,
  resultsKept: 5_000,
};

const levels = ['none', 'note', 'warning', 'error'] as const;
const level = z.enum(levels).optional();
const text = z
  .object({ text: z.string().optional(), markdown: z.string().optional() })
  .optional();
const count = z.number().int().nonnegative().optional();

const ruleSchema = z.object({
  id: z.string().min(1),
  name: z.string().optional(),
  shortDescription: text,
  fullDescription: text,
  help: text,
  helpUri: z.string().optional(),
  defaultConfiguration: z.object({ level }).optional(),
  properties: z
    .object({
      tags: z.array(z.string()).optional(),
      'security-severity': z.union([z.string(), z.number()]).optional(),
    })
    .optional(),
});

const componentSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  semanticVersion: z.string().optional(),
  guid: z.string().optional(),
  rules: z.array(ruleSchema).default([]),
});

const resultSchema = z.object({
  ruleId: z.string().optional(),
  ruleIndex: z.number().int().optional(),
  rule: z
    .object({
      id: z.string().optional(),
      index: z.number().int().optional(),
      toolComponent: z
        .object({ index: z.number().int().optional() })
        .optional(),
    })
    .optional(),
  level,
  message: z.object({ text: z.string().optional() }),
  locations: z
    .array(
      z.object({
        physicalLocation: z
          .object({
            artifactLocation: z.object({ uri: z.string() }).optional(),
            region: z
              .object({
                startLine: count,
                endLine: count,
                startColumn: count,
                endColumn: count,
                snippet: text,
              })
              .optional(),
          })
          .optional(),
      }),
    )
    .optional(),
  partialFingerprints: z.record(z.string(), z.string()).optional(),
});

const runSchema = z.object({
  tool: z.object({
    driver: componentSchema,
    extensions: z.array(componentSchema).default([]),
  }),
  automationDetails: z.object({ id: z.string().optional() }).optional(),
  results: z.array(resultSchema).default([]),
});

const sarifSchema = z.object({
  version: z.literal('2.1.0'),
  runs: z.array(runSchema),
});

type SarifRun = z.output<typeof runSchema>;
type SarifResult = z.output<typeof resultSchema>;
type SarifRule = z.output<typeof ruleSchema>;

/** Is one problem as a run describes it. */
export interface SarifFinding {
  fingerprint: string;
  rule: CodeScanningRule;
  message: string;
  location: CodeScanningInstance['location'];
}

/** Is one run of a tool. */
export interface SarifAnalysis {
  tool: CodeScanningTool;
  category: string;
  resultsCount: number;
  rulesCount: number;
  warning: string;
  findings: SarifFinding[];
}

/** Says why GitHub would not process a file. */
export class SarifError extends Error {}

function refuseAbove(what: string, actual: number, maximum: number): void {
  if (actual > maximum) {
    throw new SarifError(
      `rejecting SARIF, as there are more ${what} than allowed (${actual} > ${maximum})`,
    );
  }
}

/** Translates a score as GitHub does: 9 critical, 7 high, 4 medium, above 0 low. */
function securityLevelOf(
  value: string | number | undefined,
): SecurityLevel | undefined {
  const score = Number(value ?? Number.NaN);
  const steps: [number, SecurityLevel][] = [
    [9, 'critical'],
    [7, 'high'],
    [4, 'medium'],
  ];
  return score > 0
    ? (steps.find(([from]) => score >= from)?.[1] ?? 'low')
    : undefined;
}

function findRule(run: SarifRun, result: SarifResult): SarifRule | undefined {
  const { driver, extensions } = run.tool;
  const component =
    extensions[result.rule?.toolComponent?.index ?? -1] ?? driver;
  const id = result.ruleId ?? result.rule?.id;
  const indexed = component.rules[result.ruleIndex ?? result.rule?.index ?? -1];
  if (indexed) {
    return indexed;
  }
  return [driver, ...extensions]
    .flatMap(candidate => candidate.rules)
    .find(rule => rule.id === id);
}

function toRule(
  rule: SarifRule | undefined,
  result: SarifResult,
): CodeScanningRule {
  const id = result.ruleId ?? result.rule?.id ?? rule?.id ?? '';
  const severity: CodeScanningSeverity =
    result.level ?? rule?.defaultConfiguration?.level ?? 'warning';
  const description = rule?.shortDescription?.text ?? rule?.name ?? id;
  return {
    id,
    name: rule?.name ?? id,
    severity,
    securityLevel: securityLevelOf(rule?.properties?.['security-severity']),
    description,
    fullDescription: rule?.fullDescription?.text ?? description,
    tags: (rule?.properties?.tags ?? []).slice(0, limits.tagsKept),
    help: rule?.help?.markdown ?? rule?.help?.text,
    helpUri: rule?.helpUri,
  };
}

/** Makes a path relative to the checkout, as far as the file says where that was. */
function relativePath(uri: string, checkoutUri: string | undefined): string {
  const root = checkoutUri && `${checkoutUri.replace(/\/+$/, '')}/`;
  const path = root && uri.startsWith(root) ? uri.slice(root.length) : uri;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function readFinding(options: {
  run: SarifRun;
  result: SarifResult;
  toolName: string;
  checkoutUri?: string;
}): SarifFinding {
  const { run, result, toolName, checkoutUri } = options;
  const place = result.locations?.[0]?.physicalLocation;
  if (!place?.artifactLocation) {
    throw new SarifError(
      'locationFromSarifResult: expected at least one location',
    );
  }
  const rule = toRule(findRule(run, result), result);
  const path = relativePath(place.artifactLocation.uri, checkoutUri);
  const region = place.region ?? {};
  const message = result.message.text ?? '';
  const startLine = region.startLine ?? 1;
  const snippet = region.snippet?.text?.trim();
  const mark =
    result.partialFingerprints?.primaryLocationLineHash ??
    snippet ??
    `${startLine}:${message}`;
  return {
    fingerprint: createHash('sha256')
      .update(JSON.stringify([toolName, rule.id, path, mark]))
      .digest('hex'),
    rule,
    message,
    location: {
      path,
      startLine,
      endLine: region.endLine ?? startLine,
      startColumn: region.startColumn ?? 1,
      endColumn: region.endColumn ?? region.startColumn ?? 1,
    },
  };
}

function severityOrder(finding: SarifFinding): number {
  const security = ['low', 'medium', 'high', 'critical'];
  return (
    10 * (security.indexOf(finding.rule.securityLevel ?? '') + 1) +
    levels.indexOf(finding.rule.severity)
  );
}

function readRun(
  run: SarifRun,
  options: { toolName?: string; checkoutUri?: string },
): SarifAnalysis {
  const { driver, extensions } = run.tool;
  const rules = [driver, ...extensions].flatMap(component => component.rules);
  refuseAbove('results', run.results.length, limits.resultsPerRun);
  refuseAbove('rules', rules.length, limits.rulesPerRun);
  refuseAbove('extensions', extensions.length, limits.extensionsPerRun);
  for (const { properties } of rules) {
    refuseAbove('tags', properties?.tags?.length ?? 0, limits.tagsPerRule);
  }
  const toolName = driver.name ?? options.toolName ?? 'API';
  const findings = run.results.map(result =>
    readFinding({ run, result, toolName, checkoutUri: options.checkoutUri }),
  );
  const id = run.automationDetails?.id ?? '';
  const kept =
    findings.length > limits.resultsKept
      ? findings
          .sort((left, right) => severityOrder(right) - severityOrder(left))
          .slice(0, limits.resultsKept)
      : findings;
  return {
    tool: {
      name: toolName,
      version: driver.semanticVersion ?? driver.version,
      guid: driver.guid,
    },
    category: id.slice(0, Math.max(id.lastIndexOf('/'), 0)),
    resultsCount: run.results.length,
    rulesCount: rules.length,
    warning:
      findings.length > limits.resultsKept
        ? `Only ${limits.resultsKept} of ${findings.length} results were kept.`
        : '',
    findings: kept,
  };
}

/**
 * Reads a SARIF 2.1.0 file as GitHub's code scanning does.
 *
 * Throws `SarifError` for what GitHub reports as a failed upload. Text is kept
 * as it came: it may hold markup, and paths that lead out of the repository.
 */
export function readSarif(
  content: string,
  options: { toolName?: string; checkoutUri?: string } = {},
): SarifAnalysis[] {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    throw new SarifError('could not parse SARIF: the file is not JSON');
  }
  const runs = z.object({ runs: z.array(z.unknown()) }).safeParse(json)
    .data?.runs;
  refuseAbove('runs', runs?.length ?? 0, limits.runs);
  const parsed = sarifSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new SarifError(
      `could not parse SARIF: ${issue.path.join('.')}: ${issue.message}`,
    );
  }
  return parsed.data.runs.map(run => readRun(run, options));
}
