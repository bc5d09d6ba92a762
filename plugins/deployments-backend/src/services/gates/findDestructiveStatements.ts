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

const NAME = String.raw`(?:if\s+(?:not\s+)?exists\s+)?(?:only\s+)?(?<table>[\w."\x60[\]]+)`;

/** Within one `alter table`, up to its semicolon. */
const ALTER = String.raw`\balter\s+table\s+${NAME}(?=[\s(])[^;]*?`;

const sql = (source: string) => new RegExp(source, 'gi');

/** PostgreSQL lets `column` be left out after `drop`, `rename` and `alter`. */
const SQL_PATTERNS: Pattern[] = [
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
  {
    what: 'drops a column',
    expression: sql(
      String.raw`${ALTER}(?<!alter\s+(?:column\s+)?\S+\s+)\bdrop\s+(?!constraint\b|default\b|not\b|index\b|identity\b|expression\b|primary\b|foreign\b|check\b|key\b)`,
    ),
  },
  {
    what: 'renames a table or a column',
    expression: sql(
      String.raw`${ALTER}\brename\s+(?!constraint\b|index\b|key\b)`,
    ),
  },
  {
    what: 'changes the type of a column',
    expression: sql(
      String.raw`${ALTER}(?:\balter\s+(?:column\s+)?\S+\s+(?:set\s+data\s+)?type\b|\b(?:modify|change)\s+(?:column\s+)?\S)`,
    ),
  },
  {
    what: 'forbids null in a column',
    expression: sql(String.raw`${ALTER}\bset\s+not\s+null\b`),
  },
  {
    what: 'adds a column without a default that forbids null',
    expression: sql(
      String.raw`${ALTER}\badd\s+(?:column\s+)?(?!constraint\b)(?:(?!\bdefault\b|\bgenerated\b|\bcheck\b|,)[^;])*?\bnot\s+null\b(?!(?:(?!,)[^;])*?\b(?:default|generated)\b)`,
    ),
  },
];

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
  const readable = files
    .filter(({ path }) => isMigration(path) && !isUndoing(path))
    .map(file => ({ ...file, text: blankComments(file.path, file.text) }));
  const created = new Set(readable.flatMap(({ text }) => listCreated(text)));
  return readable.flatMap(file => {
    const known = new Set(file.previousText?.split('\n').map(trim) ?? []);
    const lines = file.text.split('\n');
    return findInText(blankUndoing(file.text), created)
      .map(({ index, what }) => ({
        path: file.path,
        line: lineOf(file.text, index),
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

function findInText(
  text: string,
  created: Set<string>,
): { index: number; what: string }[] {
  const statements = SQL_PATTERNS.flatMap(({ what, expression }) =>
    [...text.matchAll(expression)]
      .filter(({ groups }) => !created.has(bare(groups?.table ?? '')))
      .map(match => ({ index: match.index + match[0].length - 1, what })),
  );
  const calls = CALL_PATTERNS.flatMap(({ what, expression }) =>
    [...text.matchAll(expression)]
      .filter(
        ({ groups, index }) =>
          !created.has(bare(groups?.table || tableAt(text, index).name)),
      )
      .map(({ index }) => ({ index, what })),
  );
  return [...statements, ...calls, ...findRequired(text, created)];
}

/** Columns that knex adds to a table, without a default, and forbids null in. */
function findRequired(text: string, created: Set<string>) {
  return [...text.matchAll(/\.notNullable\s*\(\s*\)/g)]
    .filter(({ index }) => {
      const { isNew, name } = tableAt(text, index);
      const from = Math.max(
        text.lastIndexOf(';', index),
        text.lastIndexOf('{', index),
        text.lastIndexOf('=>', index),
      );
      const end = text.indexOf(';', index);
      const statement = text.slice(from + 1, end < 0 ? undefined : end);
      return (
        name &&
        !isNew &&
        !created.has(bare(name)) &&
        !/\.(?:defaultTo|alter)\s*\(/.test(statement)
      );
    })
    .map(({ index }) => ({
      index,
      what: 'adds a column without a default that forbids null',
    }));
}

/** The table whose builder a call is in, as far as can be seen. */
function tableAt(
  text: string,
  index: number,
): { name: string; isNew: boolean } {
  const before = [
    ...text
      .slice(0, index)
      .matchAll(
        /\b(?<verb>createTable|createTableIfNotExists|alterTable|table)\s*\(\s*['"`](?<name>[\w.]+)/g,
      ),
  ].at(-1)?.groups;
  return {
    name: before?.name ?? '',
    isNew: before?.verb?.startsWith('create') ?? false,
  };
}

function listCreated(text: string): string[] {
  const matches = [
    ...text.matchAll(sql(String.raw`\bcreate\s+(?:\w+\s+)?table\s+${NAME}`)),
    ...text.matchAll(
      /\bcreateTable(?:IfNotExists)?\s*\(\s*['"`](?<table>[\w.]+)/g,
    ),
  ];
  return matches.map(({ groups }) => bare(groups?.table ?? ''));
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
    : /\/\*[\s\S]*?\*\/|(?<![:'"`\w])\/\/.*$|^\s*#.*$/gm;
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

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function trim(line: string): string {
  return line.trim();
}
