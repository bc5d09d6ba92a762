import {
  ANNOTATION_SLO_RUNBOOK,
  type SloFileProblem,
} from '@forkyard/plugin-slo-common';
import {
  isAlias,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
} from 'yaml';
import type { z } from 'zod';
import { Fault, OpenSloDocument } from './OpenSloDocument';
import { objectSchema, sliSchema, sloSchema } from './openSloSchemas';
import { readIndicator } from './readIndicator';
import type { SloDefinition } from './SloDefinition';

/** Larger files are refused unread. */
export const MAX_FILE_BYTES = 64 * 1024;
const MAX_DEPTH = 20;
const MAX_SLOS = 20;
const MAX_PROBLEMS = 20;

/**
 * Reads the SLOs out of an OpenSLO file.
 *
 * The file comes from a repository that anybody may have written to: it is
 * bounded in size and depth, and aliases are refused, since a few of them can
 * stand for gigabytes. With one problem or more, there are no definitions.
 */
export function parseOpenSlo(file: {
  path: string;
  text: string;
}): { definitions: SloDefinition[] } | { problems: SloFileProblem[] } {
  const { path, text } = file;
  const lines = new LineCounter();
  const problems: SloFileProblem[] = [];
  const report = (message: string, offset?: number) => {
    const line = offset === undefined ? undefined : lines.linePos(offset).line;
    if (problems.length < MAX_PROBLEMS) problems.push({ path, line, message });
  };
  const documents = readDocuments(text, lines, report);
  const parts = documents.map(document => new OpenSloDocument(document));
  const definitions = problems.length > 0 ? [] : collect(parts, report);
  if (problems.length > 0) return { problems };
  return { definitions };
}

type Report = (message: string, offset?: number) => void;

function readDocuments(
  text: string,
  lines: LineCounter,
  report: Report,
): Document[] {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    report(`The file is larger than ${MAX_FILE_BYTES / 1024} KiB`);
    return [];
  }
  try {
    const documents = [
      ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false }),
    ] as Document[];
    for (const document of documents) check(document, report);
    return documents.filter(({ contents }) => contents !== null);
  } catch {
    // The parser is recursive and runs out of stack on what is nested deeply.
    report(`The file is nested more than ${MAX_DEPTH} levels deep`);
    return [];
  }
}

function check(document: Document, report: Report): void {
  for (const { message, pos } of document.errors) {
    report(`Not valid YAML: ${message}`, pos[0]);
  }
  visit(document, {
    Node: (_key, node, ancestors) => {
      if (isAlias(node)) {
        report('Aliases are not supported', node.range?.[0]);
        return visit.BREAK;
      }
      if (ancestors.length > 2 * MAX_DEPTH) {
        report(
          `The file is nested more than ${MAX_DEPTH} levels deep`,
          node.range?.[0],
        );
        return visit.BREAK;
      }
      return undefined;
    },
  });
}

function collect(parts: OpenSloDocument[], report: Report): SloDefinition[] {
  const attempt = <T>(part: OpenSloDocument, read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      report(error.message, part.offsetOf(error.path));
      return undefined;
    }
  };
  const kinds = parts.map(part => ({
    part,
    kind: attempt(part, () => part.parse(objectSchema).kind),
  }));
  const slis = new Map<string, z.output<typeof sliSchema>>();
  for (const { part, kind } of kinds) {
    if (kind !== 'SLI') continue;
    const sli = attempt(part, () => part.parse(sliSchema));
    if (sli) slis.set(sli.metadata.name, sli);
  }
  const definitions = new Map<string, SloDefinition>();
  for (const { part, kind } of kinds) {
    if (kind !== 'SLO') continue;
    attempt(part, () => {
      const definition = readSlo(part, slis);
      if (definitions.has(definition.name)) {
        throw new Fault(`There are two SLOs named '${definition.name}'`, [
          'metadata',
          'name',
        ]);
      }
      definitions.set(definition.name, definition);
    });
  }
  const slos = kinds.filter(({ kind }) => kind === 'SLO');
  if (slos.length === 0) report('The file defines no SLO');
  if (slos.length > MAX_SLOS) {
    report(`The file defines ${slos.length} SLOs; ${MAX_SLOS} are allowed`);
  }
  return [...definitions.values()];
}

function readSlo(
  part: OpenSloDocument,
  slis: Map<string, z.output<typeof sliSchema>>,
): SloDefinition {
  const { metadata, spec } = part.parse(sloSchema);
  const { indicator, indicatorRef } = spec;
  if ((indicator === undefined) === (indicatorRef === undefined)) {
    throw new Fault("must have either an 'indicator' or an 'indicatorRef'", [
      'spec',
    ]);
  }
  const indicatorSpec = indicator?.spec ?? slis.get(String(indicatorRef))?.spec;
  if (!indicatorSpec) {
    throw new Fault(`The file defines no valid SLI named '${indicatorRef}'`, [
      'spec',
      'indicatorRef',
    ]);
  }
  const read = readIndicator(indicatorSpec);
  if ('fault' in read) {
    throw new Fault(read.fault, [
      'spec',
      ...(indicator ? ['indicator', 'spec', 'ratioMetric'] : ['indicatorRef']),
    ]);
  }
  return {
    name: metadata.name,
    title: metadata.displayName ?? metadata.name,
    description: spec.description,
    objective: spec.objectives[0],
    windowDays: spec.timeWindow[0].duration,
    runbook: metadata.annotations?.[ANNOTATION_SLO_RUNBOOK],
    indicator: read.indicator,
  };
}
