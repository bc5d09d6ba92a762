/*
 * The format of runbooks: Markdown that reads well by itself, with steps in it
 * that the portal can run. A step is a fenced code block whose info string is
 * `step` and whose content is YAML:
 *
 *     ## Go back
 *
 *     Rolling back takes seconds and can be undone.
 *
 *     ```step
 *     type: rollback
 *     environment: production
 *     ```
 *
 * The text between the step before and this one is the step's own. A broken step
 * is shown as broken and keeps the runbook from being run; the text still reads.
 */
import type {
  RunbookPart,
  RunbookProblem,
  RunbookStep,
} from '@forkyard/plugin-incidents-common';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { parseStep } from './parseStep';

/** Longest file that is parsed. */
export const MAX_RUNBOOK_CHARACTERS = 64_000;
const MAX_STEPS = 50;
const MAX_PROBLEMS = 50;
/** Quotes and lists within each other; the parser's time grows with them. */
const MAX_NESTING = 20;

/**
 * Only blocks matter here. Leaving out what stands within a line keeps the time
 * for a hostile file short: 64,000 characters of `*a*a` would take 20 seconds.
 */
const WITHOUT_INLINE = {
  disable: {
    null: [
      'attention',
      'autolink',
      'characterEscape',
      'characterReference',
      'codeText',
      'hardBreakEscape',
      'htmlText',
      'labelEnd',
      'labelStartImage',
      'labelStartLink',
    ],
  },
};

/** What a Markdown file says. */
export interface ParsedRunbook {
  title: string;
  parts: RunbookPart[];
  steps: RunbookStep[];
  problems: RunbookProblem[];
}

type Root = ReturnType<typeof fromMarkdown>;
type Node = Root['children'][number];

/** Reads the top level of a file from its beginning to its end. */
class Reader {
  readonly #parts: RunbookPart[] = [];
  readonly #steps: RunbookStep[] = [];
  readonly #problems: RunbookProblem[] = [];
  /** Where the text begins that belongs to no part yet. */
  #textFrom = 0;

  constructor(
    private readonly markdown: string,
    private title: string,
  ) {}

  read(root: Root): ParsedRunbook {
    let hasTitle = false;
    for (const node of root.children) {
      if (node.type === 'heading' && !hasTitle) {
        this.title =
          textOf(node).replace(/[*_`]/g, '').slice(0, 200) || this.title;
        hasTitle = true;
      }
      if (node.type === 'code' && node.lang === 'step') this.#readStep(node);
      else this.#findNested(node);
    }
    this.#endText(this.markdown.length);
    return {
      title: this.title,
      parts: this.#parts,
      steps: this.#steps,
      problems: this.#problems.slice(0, MAX_PROBLEMS),
    };
  }

  #readStep(node: Extract<Node, { type: 'code' }>): void {
    const { start, end } = node.position!;
    const index = this.#steps.length;
    if (index >= MAX_STEPS) {
      this.#problems.push({
        line: start.line,
        message: `A runbook has at most ${MAX_STEPS} steps: this one is not read. Split the runbook.`,
      });
      return;
    }
    const text = this.#endText(start.offset!);
    this.#textFrom = end.offset!;
    const parsed = parseStep(node.value);
    this.#parts.push({ kind: 'step', index });
    if ('spec' in parsed) {
      this.#steps.push({
        index,
        title: parsed.title,
        text,
        line: start.line,
        spec: parsed.spec,
      });
    } else {
      this.#steps.push({
        index,
        title: `Step ${index + 1}`,
        text,
        line: start.line,
        problem: parsed.problem,
      });
      this.#problems.push({
        line: start.line + parsed.line,
        message: parsed.problem,
      });
    }
  }

  #findNested(node: Node): void {
    if (!('children' in node)) return;
    for (const child of node.children as Node[]) {
      if (child.type === 'code' && child.lang === 'step') {
        this.#problems.push({
          line: child.position!.start.line,
          message:
            'A step stands in a list or a quote, where it is not run: move it to the beginning of a line.',
        });
      }
      this.#findNested(child);
    }
  }

  #endText(offset: number): string {
    const text = this.markdown.slice(this.#textFrom, offset).trim();
    if (text) this.#parts.push({ kind: 'text', markdown: text });
    return text;
  }
}

/** Parses a runbook; never throws, whatever the file holds. */
export function parseRunbook(file: {
  path: string;
  markdown: string;
}): ParsedRunbook {
  const title = file.path.split('/').at(-1)!.replace(/\.md$/, '');
  const refusal = refuse(file.markdown);
  if (refusal) return asText(file.markdown, title, refusal);
  let root: Root;
  try {
    root = fromMarkdown(file.markdown, { extensions: [WITHOUT_INLINE] });
  } catch {
    return asText(file.markdown, title, {
      line: 1,
      message: 'The file cannot be parsed as Markdown.',
    });
  }
  return new Reader(file.markdown, title).read(root);
}

function refuse(markdown: string): RunbookProblem | undefined {
  if (markdown.length > MAX_RUNBOOK_CHARACTERS) {
    return {
      line: 1,
      message: `The file is longer than ${MAX_RUNBOOK_CHARACTERS} characters: split it. Its steps are not read.`,
    };
  }
  const nested = markdown
    .split('\n')
    .findIndex(
      line =>
        (/^[\s>*+\-\d.)]*/.exec(line)?.[0].replace(/[\s\d]/g, '').length ?? 0) >
          MAX_NESTING && !/^\s*([-*+])(\s*\1)*\s*$/.test(line),
    );
  return nested < 0
    ? undefined
    : {
        line: nested + 1,
        message:
          'Lists and quotes stand too deep within each other. The steps of the file are not read.',
      };
}

function asText(
  markdown: string,
  title: string,
  problem: RunbookProblem,
): ParsedRunbook {
  return {
    title,
    parts: [
      { kind: 'text', markdown: markdown.slice(0, MAX_RUNBOOK_CHARACTERS) },
    ],
    steps: [],
    problems: [problem],
  };
}

function textOf(node: Node): string {
  if ('value' in node) return node.value;
  return 'children' in node
    ? (node.children as Node[]).map(textOf).join('')
    : '';
}
