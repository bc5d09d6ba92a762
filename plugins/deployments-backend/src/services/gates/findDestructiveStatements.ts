/*
 * Looks through a migration for statements that the version which still serves
 * would not survive. While traffic moves both versions use one schema, so that a
 * column may only go, or get a new name, type or rule, in a later release than
 * the code that stopped using it.
 *
 * This reads SQL, and the words of knex, TypeORM and Sequelize, by patterns. It
 * does not parse: a statement that is put together at run time is not found. What
 * undoes a migration is left out, and so is what is done to a table that the same
 * release creates.
 */

/** A file of a migration, as the new version has it. */
export interface MigrationFile {
  path: string;
  text: string;
  /** As the version that serves has it; absent for a new file. */
  previousText?: string;
}

/** A statement that breaks the version which still serves. */
export interface DestructiveStatement {
  path: string;
  /** From 1. */
  line: number;
  /** What it does, for example `drops a column`. */
  what: string;
}

interface Pattern {
  what: string;
  /** The group `table`, when there is one, names what it is done to. */
  expression: RegExp;
}

/** So far around a call its statement is read, as long as people write them. */
const STATEMENT_REACH = 2_000;

const NAME = String.raw`(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?<table>[\w."\x60[\]]+)`;

const sql = (source: string) => new RegExp(source, 'gi');

const DROP_PATTERNS: Pattern[] = [
  {
    what: 'drops a table',
    expression: sql(String.raw`\bdrop\s+table\s+${NAME}`),
  },
  {
    what: 'drops a view, a type or a schema',
    expression: sql(
      String.raw`\bdrop\s+(?:materialized\s+view|view|type|schema)\s+${NAME}`,
    ),
  },
];

const ALTER_TABLE = sql(String.raw`\balter\s+table\s+${NAME}`);

/**
 * What one action of an `alter table` does. PostgreSQL lets `column` be left out
 * after `drop`, `rename` and `alter`; `modify` and `change` are MySQL's.
 */
const ACTIONS: { what: string; matches(action: string): boolean }[] = [
  {
    what: 'drops a column',
    matches: action =>
      /^drop\s+(?!(?:constraint|index|primary|foreign|check|key|partition)\b)/i.test(
        action,
      ),
  },
  {
    what: 'renames a table or a column',
    matches: action => /^rename\s+(?!(?:constraint|index|key)\b)/i.test(action),
  },
  {
    what: 'changes the type of a column',
    matches: action =>
      /^(?:alter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b|(?:modify|change)\s)/i.test(
        action,
      ),
  },
  {
    what: 'forbids null in a column',
    matches: action =>
      /^alter\s+(?:column\s+)?\S+\s+set\s+not\s+null\b/i.test(action),
  },
  {
    what: 'adds a column without a default that forbids null',
    matches: action =>
      /^add\s+(?!(?:constraint|check)\b)/i.test(action) &&
      /\bnot\s+null\b/i.test(action) &&
      !/\b(?:default|generated|(?:big|small)?serial|auto_increment)\b/i.test(
        action,
      ),
  },
];

/** What begins to build or to alter a table in knex. */
const TABLE_BUILDER =
  /\b(?<verb>createTable|createTableIfNotExists|alterTable|table)\s*\(\s*['"`](?<name>[\w.]+)/g;

/** Calls of migration libraries, on a table that was named before. */
const CALL_PATTERNS: Pattern[] = [
  {
    what: 'drops a table',
    expression:
      /\.(?:dropTable|dropTableIfExists|dropView)\s*\(\s*['"`]?(?<table>[\w.]*)/g,
  },
  { what: 'drops a schema', expression: /\.dropSchema(?:IfExists)?\s*\(/g },
  {
    what: 'drops a column',
    expression: /\.(?:dropColumns?|dropTimestamps|removeColumn)\s*\(/g,
  },
  {
    what: 'renames a table or a column',
    expression: /\.(?:renameTable|renameColumn)\s*\(/g,
  },
  {
    what: 'changes the type of a column',
    expression: /\.alter\s*\(|\.changeColumn\s*\(/g,
  },
  { what: 'forbids null in a column', expression: /\.dropNullable\s*\(/g },
];

/**
 * Finds what breaks the version that still serves, in the order of the files.
 * Of a file that was changed only the changed lines count.
 */
export function findDestructiveStatements(
  files: MigrationFile[],
): DestructiveStatement[] {
  const created = new Set<string>();
  return files
    .filter(({ path }) => isMigration(path) && !isUndoing(path))
    .sort((left, right) => (left.path < right.path ? -1 : 1))
    .flatMap(file => {
      const text = blankUndoing(blankComments(file.path, file.text));
      const creations = findCreated(file.previousText ? '' : text);
      const found = findInText(
        text,
        (name, index) =>
          created.has(bare(name)) ||
          (creations.get(bare(name)) ?? Infinity) < index,
      );
      creations.forEach((_, name) => created.add(name));
      const known = new Set(file.previousText?.split('\n').map(trim) ?? []);
      const lines = text.split('\n');
      const lineAt = createLineFinder(lines);
      return found
        .map(({ index, what }) => ({
          path: file.path,
          line: lineAt(index),
          what,
        }))
        .filter(({ line }) => !known.has(trim(lines[line - 1] ?? '')))
        .sort((left, right) => left.line - right.line);
    });
}

/** Tells whether a file is one of a migration, by its path. */
export function isMigration(path: string): boolean {
  return (
    /(?:^|\/)migrations?\/|[^/]*migration[^/]*$/i.test(path) &&
    /\.(?:sql|[cm]?[jt]s|py|rb|php|go|java|kt)$/i.test(path) &&
    !/\.(?:test|spec|d)\.[^/]+$|(?:^|\/)__?tests?(?:utils)?__?\//i.test(path)
  );
}

function isUndoing(path: string): boolean {
  return /(?:^|[./_-])(?:down|undo|revert|rollback)\.[^/.]+$/i.test(path);
}

interface Found {
  index: number;
  what: string;
}

/** Whether the release itself creates a table before a place in the text. */
type IsCreated = (name: string, index: number) => boolean;

function findInText(text: string, isCreated: IsCreated): Found[] {
  const tables = [...text.matchAll(TABLE_BUILDER)];
  const dropped = DROP_PATTERNS.flatMap(({ what, expression }) =>
    [...text.matchAll(expression)]
      .filter(({ groups, index }) => !isCreated(groups?.table ?? '', index))
      .map(({ index }) => ({ index, what })),
  );
  const calls = CALL_PATTERNS.flatMap(({ what, expression }) =>
    [...text.matchAll(expression)]
      .filter(
        ({ groups, index }) =>
          !isCreated(groups?.table || tableAt(tables, index).name, index),
      )
      .map(({ index }) => ({ index, what })),
  );
  const altered = [...text.matchAll(ALTER_TABLE)]
    .filter(({ groups, index }) => !isCreated(groups?.table ?? '', index))
    .flatMap(match => findActions(text, match.index + match[0].length));
  const required = [...text.matchAll(/\.notNullable\s*\(\s*\)/g)]
    .filter(({ index }) => {
      const { name, isNew } = tableAt(tables, index);
      return (
        name && !isNew && !isCreated(name, index) && !hasDefault(text, index)
      );
    })
    .map(({ index }) => ({
      index,
      what: 'adds a column without a default that forbids null',
    }));
  return [...dropped, ...altered, ...calls, ...required];
}

/** Looks at the actions of one `alter table`, which commas separate. */
function findActions(text: string, from: number): Found[] {
  const found: Found[] = [];
  const look = (start: number, end: number) => {
    const action = text.slice(start, end);
    const index = start + action.length - action.trimStart().length;
    const kind = ACTIONS.find(({ matches }) => matches(action.trim()));
    if (kind) found.push({ index, what: kind.what });
  };
  let depth = 0;
  let start = from;
  const bounds = /[(),;]|\balter\s+table\b/gi;
  bounds.lastIndex = from;
  for (
    let bound = bounds.exec(text);
    depth >= 0 && bound;
    bound = bounds.exec(text)
  ) {
    if (bound[0] === '(') depth++;
    else if (bound[0] === ')') depth--;
    else if (bound[0] !== ',') {
      look(start, bound.index);
      return found;
    } else if (depth === 0) {
      look(start, bound.index);
      start = bound.index + 1;
    }
    if (depth < 0) {
      look(start, bound.index);
      return found;
    }
  }
  look(start, text.length);
  return found;
}

/** Whether the column that is built there has a default, or was there before. */
function hasDefault(text: string, index: number): boolean {
  const before = text.slice(Math.max(0, index - STATEMENT_REACH), index);
  const from = Math.max(
    before.lastIndexOf(';'),
    before.lastIndexOf('{'),
    before.lastIndexOf('=>'),
  );
  const after = text.slice(index, index + STATEMENT_REACH);
  const [rest] = after.split(';', 1);
  return /\.(?:defaultTo|alter)\s*\(/.test(before.slice(from + 1) + rest);
}

/** The table whose builder a call is in, as far as can be seen. */
function tableAt(
  tables: RegExpExecArray[],
  index: number,
): { name: string; isNew: boolean } {
  const groups = tables.findLast(table => table.index < index)?.groups;
  return {
    name: groups?.name ?? '',
    isNew: groups?.verb?.startsWith('create') ?? false,
  };
}

/** Where each table is created first. */
function findCreated(text: string): Map<string, number> {
  const matches = [
    ...text.matchAll(sql(String.raw`\bcreate\s+(?:\w+\s+)?table\s+${NAME}`)),
    ...text.matchAll(
      /\bcreateTable(?:IfNotExists)?\s*\(\s*['"`](?<table>[\w.]+)/g,
    ),
  ];
  return new Map(
    matches
      .sort((left, right) => right.index - left.index)
      .map(({ groups, index }) => [bare(groups?.table ?? ''), index]),
  );
}

/** A name without its schema and its quotes. */
function bare(name: string): string {
  return name
    .replace(/["`[\]]/g, '')
    .replace(/^.*\./, '')
    .toLowerCase();
}

/** Puts blanks where comments are, so that everything else keeps its place. */
function blankComments(path: string, text: string): string {
  const isSql = /\.sql$/i.test(path);
  const comments = isSql
    ? /\/\*[\s\S]*?\*\/|--(?!\s*(?:migrate|\+goose|down\b|up\b)).*$/gim
    : /\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*$|^[ \t]*#.*$/gm;
  return text.replace(comments, blank);
}

/** Puts blanks where the migration is undone. */
function blankUndoing(text: string): string {
  return text
    .replace(
      /^[ \t]*--\s*(?:migrate:|\+goose\s+)?down\b[\s\S]*?(?=^[ \t]*--\s*(?:migrate:|\+goose\s+)?up\b|(?![\s\S]))/gim,
      blank,
    )
    .replace(
      /^[ \t]*(?:exports\.down\b|module\.exports\.down\b|export\s+(?:const|(?:async\s+)?function)\s+down\b|(?:public\s+)?(?:async\s+)?(?:function\s+)?down\s*[(:]|def\s+down(?:grade)?\b)[\s\S]*?(?=^[ \t]*(?:exports\.\w|module\.exports\.\w|export\s|(?:public\s+)?(?:async\s+)?(?:function\s+)?up\s*[(:]|def\s+up)|(?![\s\S]))/gm,
      blank,
    );
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

/** Counts lines from 1, without going through the text for each place. */
function createLineFinder(lines: string[]): (index: number) => number {
  const starts: number[] = [];
  let start = 0;
  for (const line of lines) {
    starts.push(start);
    start += line.length + 1;
  }
  return index => {
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= index) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

function trim(line: string): string {
  return line.trim();
}
