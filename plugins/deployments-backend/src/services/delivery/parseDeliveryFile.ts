import {
  isAlias,
  isNode,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
} from 'yaml';
import type { z } from 'zod';
import type {
  DeliveryFileProblem,
  DeliveryPlans,
} from '../../database/delivery/DeliveryFileStore';
import { deliverySchema } from './deliverySchema';

/** Larger files are refused unread. */
export const MAX_FILE_BYTES = 32 * 1024;
const MAX_DEPTH = 12;
const MAX_PROBLEMS = 20;

type Report = (message: string, offset?: number) => void;

/**
 * Reads how an application is rolled out from its `forkyard.yaml`.
 *
 * The file comes from a repository that anybody may have written to: it is
 * bounded in size and depth, and aliases are refused, since a few of them can
 * stand for gigabytes. With one problem or more, there are no plans.
 */
export function parseDeliveryFile(
  text: string,
): { plans: DeliveryPlans } | { problems: DeliveryFileProblem[] } {
  const lines = new LineCounter();
  const problems: DeliveryFileProblem[] = [];
  const report: Report = (message, offset) => {
    const line = offset === undefined ? undefined : lines.linePos(offset).line;
    if (problems.length < MAX_PROBLEMS) problems.push({ message, line });
  };
  const document = readDocument(text, lines, report);
  if (!document || problems.length > 0) return { problems };
  const result = deliverySchema.safeParse(document.toJS({ maxAliasCount: 0 }));
  if (result.success) return { plans: result.data };
  for (const issue of result.error.issues) reportIssue(document, issue, report);
  return { problems };
}

function readDocument(
  text: string,
  lines: LineCounter,
  report: Report,
): Document | undefined {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) {
    report(`The file is larger than ${MAX_FILE_BYTES / 1024} KiB`);
    return undefined;
  }
  try {
    const documents = [
      ...parseAllDocuments(text, { lineCounter: lines, prettyErrors: false }),
    ] as Document[];
    for (const document of documents) check(document, report);
    const [document, other] = documents.filter(
      ({ contents }) => contents !== null,
    );
    if (!document) report('The file says nothing');
    if (other) {
      report('The file has a second document', other.contents?.range?.[0]);
    }
    return document;
  } catch {
    // The parser is recursive and runs out of stack on what is nested deeply.
    report(`The file is nested more than ${MAX_DEPTH} levels deep`);
    return undefined;
  }
}

function check(document: Document, report: Report): void {
  for (const { message, pos } of document.errors) {
    report(`Not valid YAML: ${message}`, pos[0]);
  }
  visit(document, {
    Node: (_key, node, ancestors) => {
      const offset = node.range?.[0];
      if (isAlias(node)) {
        report('Aliases are not supported', offset);
        return visit.BREAK;
      }
      // Each level is a map and the pair in it.
      if (ancestors.length > 2 * MAX_DEPTH) {
        report(`The file is nested more than ${MAX_DEPTH} levels deep`, offset);
        return visit.BREAK;
      }
      return undefined;
    },
  });
}

function reportIssue(
  document: Document,
  issue: z.core.$ZodIssue,
  report: Report,
): void {
  if (issue.code === 'unrecognized_keys') {
    const strategy = document.getIn([...issue.path, 'strategy']);
    const why =
      typeof strategy === 'string'
        ? `is not known of the strategy '${strategy}'`
        : 'is not known';
    for (const key of issue.keys) {
      reportAt(document, [...issue.path, key], why, report);
    }
    return;
  }
  const [message, path] =
    issue.code === 'invalid_key'
      ? [issue.issues[0].message, issue.path]
      : [issue.message, issue.path];
  // Our own messages continue the sentence; zod's stand behind a colon.
  const predicate = message.startsWith('must ')
    ? message
    : `is not valid: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  reportAt(document, path, predicate, report);
}

function reportAt(
  document: Document,
  path: PropertyKey[],
  predicate: string,
  report: Report,
): void {
  const where = path.length > 0 ? `'${path.join('.')}'` : 'The document';
  report(`${where} ${predicate}`, findOffset(document, path));
}

/** Finds the node at a path, or the nearest one above it. */
function findOffset(
  document: Document,
  path: PropertyKey[],
): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0];
}
