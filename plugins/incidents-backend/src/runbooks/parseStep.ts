import type { RunbookStepSpec } from '@forkyard/plugin-incidents-common';
import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { stepSchema } from './stepSchema';

/** Longest YAML of one step; nobody needs more, and nothing deep fits in it. */
const MAX_CHARACTERS = 4000;

type Parsed =
  { spec: RunbookStepSpec; title: string } | { problem: string; line: number };

/**
 * Parses the YAML of a step. `line` is counted from 1 within that YAML.
 *
 * Aliases are refused altogether: a step needs none, and a few of them can
 * stand for gigabytes.
 */
export function parseStep(yaml: string): Parsed {
  if (yaml.length > MAX_CHARACTERS) {
    return broken(
      `is longer than ${MAX_CHARACTERS} characters: keep the text outside of it`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(yaml, {
    lineCounter: lines,
    prettyErrors: false,
    // Silent would also hide that a second document follows.
    logLevel: 'error',
  });
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    return broken(
      `is no YAML: ${error.message}`,
      lines.linePos(error.pos[0]).line,
    );
  }
  if (!isMap(document.contents)) {
    return broken("must be YAML such as 'type: http-check'");
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    return broken('uses aliases or is nested too deep: write the values out');
  }
  const result = stepSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const position = positionOf(document, issue);
    return broken(
      describeIssue(issue, document.hasIn(issue.path)),
      position === undefined ? 1 : lines.linePos(position).line,
    );
  }
  const { title, ...spec } = result.data;
  return { spec, title: title ?? titleOf(spec) };
}

function broken(problem: string, line = 1): Parsed {
  return { problem: `This step ${problem}.`, line };
}

function describeIssue(issue: z.core.$ZodIssue, isThere: boolean): string {
  const name = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `has what no such step knows: ${issue.keys.map(quote).join(', ')}`;
  }
  if (name === 'type' || issue.code === 'invalid_union') {
    return "has no known 'type': it must be http-check, redeploy, rollback, wait-for or ask";
  }
  return isThere
    ? `has a wrong ${quote(name)}: ${issue.message}`
    : `lacks ${quote(name)}`;
}

function positionOf(
  document: ReturnType<typeof parseDocument>,
  issue: z.core.$ZodIssue,
): number | undefined {
  const key =
    issue.code === 'unrecognized_keys' ? issue.keys[0] : issue.path[0];
  if (!isMap(document.contents)) return undefined;
  const pair = document.contents.items.find(item => String(item.key) === key);
  const at = pair?.key as { range?: [number, number, number] } | undefined;
  return at?.range?.[0];
}

function titleOf(spec: RunbookStepSpec): string {
  switch (spec.type) {
    case 'http-check':
      return `Check that ${spec.path} answers ${spec.expectStatus}`;
    case 'redeploy':
      return `Redeploy ${spec.environment}`;
    case 'rollback':
      return `Roll back ${spec.environment}`;
    case 'ask':
      return spec.question;
    default:
      return {
        'alert-resolved': 'Wait until the alert is resolved',
        'deployment-live': `Wait until the deployment is live in ${spec.environment}`,
        'http-ok': `Wait until ${spec.path} answers`,
      }[spec.condition];
  }
}

function quote(text: string): string {
  return `'${text}'`;
}
