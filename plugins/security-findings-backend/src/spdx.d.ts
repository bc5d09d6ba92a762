declare module 'spdx-expression-parse' {
  export type SpdxNode =
    | { license: string; plus?: true; exception?: string }
    | { noassertion: true }
    | { conjunction: 'and' | 'or'; left: SpdxNode; right: SpdxNode };
  /** Throws when the text is no SPDX license expression. */
  export default function parse(expression: string): SpdxNode;
}

declare module 'spdx-satisfies' {
  /** Throws when the expression, or an id of the list, is not SPDX. */
  export default function satisfies(
    expression: string,
    allowed: string[],
  ): boolean;
}
