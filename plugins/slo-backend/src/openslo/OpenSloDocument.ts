import { isNode, type Document } from 'yaml';
import type { z } from 'zod';

/** A fault and where it is. */
export class Fault extends Error {
  constructor(
    message: string,
    readonly path: PropertyKey[] = [],
  ) {
    super(message);
  }
}

/** One document of the file, as a value and as nodes that know their line. */
export class OpenSloDocument {
  readonly #value: unknown;

  constructor(private readonly document: Document) {
    this.#value = document.errors.length > 0 ? undefined : toValue(document);
  }

  /** Validates; the first fault is thrown with its place. */
  parse<TSchema extends z.ZodType>(schema: TSchema): z.output<TSchema> {
    const result = schema.safeParse(this.#value);
    if (result.success) return result.data;
    const [{ path, message }] = result.error.issues;
    const where = path.length > 0 ? `'${path.join('.')}' ` : 'The document ';
    throw new Fault(`${where}${toPredicate(message)}`, path);
  }

  /** Finds the node at a path, or the nearest one above it. */
  offsetOf(path: PropertyKey[]): number | undefined {
    for (let length = path.length; length >= 0; length--) {
      const node =
        length === 0
          ? this.document.contents
          : this.document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return node.range[0];
    }
    return undefined;
  }
}

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

/** Our own messages continue the sentence; zod's stand behind a colon. */
function toPredicate(message: string): string {
  return /^(must|is) /.test(message)
    ? message
    : `is not valid: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}
