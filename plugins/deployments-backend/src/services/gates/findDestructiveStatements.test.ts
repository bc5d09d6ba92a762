import {
  findDestructiveStatements,
  isMigration,
} from './findDestructiveStatements';

const sql = (text: string, path = 'db/migrations/0002_change.sql') =>
  findDestructiveStatements([{ path, text }]).map(
    ({ line, what }) => `${line} ${what}`,
  );
const js = (text: string) => sql(text, 'migrations/20261121_change.js');

describe('findDestructiveStatements', () => {
  it.each([
    ['drop table users;', 'drops a table'],
    ['DROP TABLE IF EXISTS "public"."users";', 'drops a table'],
    ['drop materialized view totals;', 'drops a view, a type or a schema'],
    ['alter table users drop column email;', 'drops a column'],
    ['ALTER TABLE ONLY users DROP email;', 'drops a column'],
    ['alter table users rename to people;', 'renames a table or a column'],
    ['alter table users rename column a to b;', 'renames a table or a column'],
    [
      'alter table users alter column a set data type bigint;',
      'changes the type of a column',
    ],
    [
      'alter table users alter a type bigint using a::bigint;',
      'changes the type of a column',
    ],
    [
      'alter table users modify column a bigint;',
      'changes the type of a column',
    ],
    [
      'alter table users add column a numeric(10, 2) not null;',
      'adds a column without a default that forbids null',
    ],
    [
      'alter table users alter column a set not null;',
      'forbids null in a column',
    ],
    [
      'alter table users add column a text not null;',
      'adds a column without a default that forbids null',
    ],
    [
      "alter table users add a text default 'x', add b text not null;",
      'adds a column without a default that forbids null',
    ],
  ])('finds in SQL: %s', (statement, what) => {
    expect(sql(`-- A change\n\n${statement}\n`)).toEqual([`3 ${what}`]);
  });

  it('names the line of each statement of a file, across lines', () => {
    expect(
      sql(
        'create table a (id int);\nalter table b\n  add c int,\n  drop d;\ndrop table e;',
      ),
    ).toEqual(['4 drops a column', '5 drops a table']);
  });

  it.each([
    'create table users (id int not null, name text not null);',
    'alter table users add column a text;',
    "alter table users add column a text not null default 'x';",
    "alter table users add column a text default 'x' not null;",
    'alter table users add column id bigint generated always as identity not null;',
    'alter table users drop constraint users_email_key;',
    'alter table users alter column a drop not null;',
    'alter table users alter a drop default;',
    'alter table users add column a numeric(10, 2) not null default 0;',
    'alter table users add constraint a check (b is not null);',
    'drop index users_email;',
    '-- drop table users;',
    '/* alter table users\n drop column a; */',
    'create table new_users (id int); drop table new_users;',
    'select 1;\n-- migrate:down\ndrop table users;',
    '-- +goose Up\nselect 1;\n-- +goose Down\ndrop table users;\n',
  ])('lets pass in SQL: %s', statement => {
    expect(sql(statement)).toEqual([]);
  });

  it('reads on after what undoes a migration', () => {
    expect(
      sql('-- migrate:down\ndrop table a;\n-- migrate:up\ndrop table b;'),
    ).toEqual(['4 drops a table']);
  });

  it.each([
    ["await knex.schema.dropTable('users');", 'drops a table'],
    [
      "await knex.schema.alterTable('users', t => { t.dropColumn('a'); });",
      'drops a column',
    ],
    [
      "await knex.schema.table('users', t => t.renameColumn('a', 'b'));",
      'renames a table or a column',
    ],
    [
      "await knex.schema.alterTable('users', t => { t.bigInteger('a').alter(); });",
      'changes the type of a column',
    ],
    [
      "await knex.schema.alterTable('users', t => { t.text('b').defaultTo(''); t.text('a').notNullable(); });",
      'adds a column without a default that forbids null',
    ],
    [
      "await knex.schema.alterTable('users', t => { t.dropNullable('a'); });",
      'forbids null in a column',
    ],
    ["await knex.raw('alter table users drop column a');", 'drops a column'],
    ["await queryInterface.removeColumn('users', 'a');", 'drops a column'],
  ])('finds in code: %s', (statement, what) => {
    expect(
      js(
        `exports.up = async knex => {\n  ${statement}\n};\nexports.down = async knex => {\n  await knex.schema.dropTable('anything');\n};\n`,
      ),
    ).toEqual([`2 ${what}`]);
  });

  it.each([
    "exports.up = knex => knex.schema.createTable('a', t => { t.text('b').notNullable(); });\nexports.down = knex => knex.schema.dropTable('users');",
    "export async function down(knex) {\n  await knex.schema.dropTable('users');\n}\n\nexport async function up(knex) {\n  await knex.schema.alterTable('users', t => { t.text('a').notNullable().defaultTo(''); });\n}",
    "exports.up = async knex => {\n  await knex.schema.createTable('a', t => t.text('b'));\n  await knex.schema.alterTable('a', t => { t.text('c').notNullable(); t.dropColumn('b'); });\n};",
    'module.exports = class {\n  async up(runner) {\n    await runner.query(`create table a (id int)`);\n  }\n  async down(runner) {\n    await runner.query(`drop table users`);\n  }\n};',
    "// knex.schema.dropTable('users')\nexports.up = knex => knex.schema.alterTable('users', t => { t.text('a').nullable(); });",
  ])('lets pass in code: %s', text => {
    expect(js(text)).toEqual([]);
  });

  it('takes a table for new only after it was created, and not when undoing creates it', () => {
    expect(sql('drop table a;\ncreate table a (id int);')).toEqual([
      '1 drops a table',
    ]);
    expect(
      js(
        "exports.up = knex => knex.schema.dropTable('a');\nexports.down = knex => knex.schema.createTable('a', t => t.text('b'));",
      ),
    ).toEqual(['1 drops a table']);
  });

  it('judges only what changed in a file, and knows tables of other new files', () => {
    expect(
      findDestructiveStatements([
        {
          path: 'migrations/1.sql',
          text: 'drop table old;\ndrop table newer;',
          previousText: 'drop table old;\n',
        },
        { path: 'migrations/2.sql', text: 'create table fresh (id int);' },
        { path: 'migrations/3.sql', text: 'alter table fresh drop column id;' },
        { path: 'migrations/3.down.sql', text: 'drop table fresh_too;' },
      ]),
    ).toEqual([{ path: 'migrations/1.sql', line: 2, what: 'drops a table' }]);
  });

  it('ends soon on text that is made to be slow', () => {
    // Of the processor: on a busy machine all takes long.
    const began = process.cpuUsage();
    sql(`alter table a ${'add b '.repeat(20_000)}`);
    js(`x.notNullable() ${'{ => '.repeat(20_000)}`);
    sql('alter table a alter '.repeat(5_000));
    sql(`alter table a add (${'('.repeat(50_000)}`);
    js("x.alterTable('a', t => t.dropColumn('b'))\n".repeat(3_000));
    js('\n'.repeat(200_000));
    js('\t\n'.repeat(100_000));
    sql('drop table a;\n'.repeat(15_000));
    js(`knex.alterTable('a'${'.notNullable()'.repeat(15_000)}`);
    const { user } = process.cpuUsage(began);
    expect(user / 1000).toBeLessThan(2_000);
  });
});

describe('isMigration', () => {
  it.each([
    ['migrations/1_init.sql', true],
    ['packages/api/src/db/migrations/20260101.ts', true],
    ['src/addUserMigration.js', true],
    ['src/migrations.test.ts', false],
    ['docs/migration-guide.md', false],
    ['migrations/meta/_journal.json', false],
    ['src/server.js', false],
  ])('tells of %s: %s', (path, expected) => {
    expect(isMigration(path)).toBe(expected);
  });
});
