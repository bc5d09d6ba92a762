import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createBuildPlan,
  createLaunchPlan,
  type BuildSettings,
} from './buildPlan';
import { LineSplitter } from './LineSplitter';
import { findNpmCli } from './npmLocation';

describe('A build plan', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'local-cloud-plan-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function plan(
    files: Record<string, object>,
    settings: BuildSettings = {},
  ) {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(join(folder, name, '..'), { recursive: true });
      await writeFile(join(folder, name), JSON.stringify(content));
    }
    return createBuildPlan(folder, settings);
  }

  it('takes commands from vercel.json before the project and before package.json', async () => {
    const manifest = { scripts: { build: 'x', start: 'node a.js' } };
    expect((await plan({ 'package.json': manifest })).build).toEqual({
      shell: 'npm run build',
    });
    const settings = { buildCommand: 'make' };
    expect((await plan({}, settings)).build).toEqual({ shell: 'make' });
    const file = { buildCommand: 'bake', outputDirectory: 'out' };
    expect(await plan({ 'vercel.json': file }, settings)).toMatchObject({
      build: { shell: 'bake' },
      outputDirectory: 'out',
    });
    expect(
      (await plan({ 'vercel.json': { buildCommand: '' } }, settings)).build,
    ).toBeUndefined();
  });

  it('installs from the lockfile, without one by name, and nothing without a manifest', async () => {
    expect((await plan({})).install).toBeUndefined();
    expect((await plan({ 'package.json': {} })).install).toEqual({
      shell: 'npm install --include=dev',
    });
    expect((await plan({ 'package-lock.json': {} })).install).toBe('lockfile');
    expect((await plan({}, { installCommand: 'pnpm i' })).install).toEqual({
      shell: 'pnpm i',
    });
  });

  it('starts plain node commands directly and others through a shell', async () => {
    const start = async (line: string) =>
      createLaunchPlan(
        await plan({ 'package.json': { scripts: { start: line } } }),
        '/node',
      );
    expect(await start('node dist/server.js --port 1')).toMatchObject({
      command: { file: '/node', args: ['dist/server.js', '--port', '1'] },
    });
    expect(await start('next start')).toMatchObject({
      command: { shell: 'exec next start' },
    });
    expect(await start('A=1 node x && echo "$B"')).toMatchObject({
      command: { shell: 'A=1 node x && echo "$B"' },
    });
  });

  it('stays inside the sources', async () => {
    await expect(plan({}, { rootDirectory: '../..' })).rejects.toThrow(
      'is outside of the deployment',
    );
    await expect(plan({}, { rootDirectory: 'missing' })).rejects.toThrow(
      'does not exist',
    );
    const escaping = await plan({}, { outputDirectory: '../secrets' });
    expect(() => createLaunchPlan(escaping, '/node')).toThrow(
      'is outside of the deployment',
    );
  });

  it('names the file that cannot be read', async () => {
    await writeFile(join(folder, 'vercel.json'), '{');
    await expect(plan({})).rejects.toThrow('vercel.json is not valid');
  });
});

describe('LineSplitter', () => {
  it('joins chunks, drops colors and cuts endless lines', () => {
    const lines: string[] = [];
    const splitter = new LineSplitter(line => lines.push(line));
    const escape = String.fromCharCode(27);
    const euro = Buffer.from('€');
    splitter.write(Buffer.from(`one\r\n${escape}[31mt`));
    splitter.write(Buffer.concat([Buffer.from('wo '), euro.subarray(0, 1)]));
    splitter.write(Buffer.concat([euro.subarray(1), Buffer.from('\n')]));
    splitter.write(Buffer.alloc(10_000, 'x'));
    splitter.end();
    expect(lines.slice(0, 2)).toEqual(['one', 'two €']);
    expect(lines[2]).toHaveLength(4097);
  });
});

describe('findNpmCli', () => {
  it('ignores other package managers and says what is missing', () => {
    const found = findNpmCli();
    expect(found).toMatch(/npm-cli\.js$/);
    expect(
      findNpmCli({ npm_execpath: '/opt/yarn.js', PATH: process.env.PATH }),
    ).toMatch(/npm-cli\.js$/);
    expect(() => findNpmCli({ PATH: '/nowhere/at/all' }, __filename)).toThrow(
      'npm was not found',
    );
  });
});
