import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Octokit } from '@octokit/rest';
import { createTestOctokit } from '../__testUtils__/createTestOctokit';
import { startTestLocalCloud, TestLocalCloud } from '../testing';

describe('the base application of a fresh local-cloud', () => {
  let baseAppDir: string;
  let cloud: TestLocalCloud;
  let octokit: Octokit;
  const place = { owner: 'acme', repo: 'base-app' };

  const write = async (file: string, text: string) => {
    const target = path.join(baseAppDir, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  };

  beforeEach(async () => {
    baseAppDir = await mkdtemp(path.join(tmpdir(), 'base-app-'));
    await write('package.json', '{"name":"base"}\n');
    await write('src/index.ts', 'export {};\n');
    cloud = await startTestLocalCloud({ config: { baseAppDir } });
    octokit = createTestOctokit({
      url: cloud.urls.github,
      token: cloud.token,
    });
  });

  afterEach(async () => {
    await cloud.dispose();
    await rm(baseAppDir, { recursive: true, force: true });
  });

  const subjects = async () =>
    (await octokit.repos.listCommits(place)).data.map(
      ({ commit }) => commit.message,
    );

  const push = (file: string, text: string, sha?: string) =>
    octokit.repos.createOrUpdateFileContents({
      ...place,
      path: file,
      message: `Push ${file}`,
      content: Buffer.from(text).toString('base64'),
      sha,
    });

  const read = async (file: string) =>
    (
      await octokit.repos.getContent({
        ...place,
        path: file,
        mediaType: { format: 'raw' },
      })
    ).data;

  it('leaves out what is installed, built, secret or ignored, and gives the same sha everywhere', async () => {
    const first = await octokit.repos.getCommit({ ...place, ref: 'main' });
    const other = await mkdtemp(path.join(tmpdir(), 'base-app-'));
    const clean = baseAppDir;
    baseAppDir = other;
    await write('package.json', '{"name":"base"}\n');
    await write('src/index.ts', 'export {};\n');
    await write('node_modules/left/index.js', '');
    await write('dist/index.js', '');
    await write('.env', 'SECRET=1\n');
    await write('debug.log', '');
    const second = await startTestLocalCloud({ config: { baseAppDir: other } });
    const commit = await second.github.findCommit({ ...place, ref: 'main' });
    await second.dispose();
    await rm(other, { recursive: true });
    baseAppDir = clean;
    expect(commit?.sha).toBe(first.data.sha);
  });

  it('adds no commit at a start without a change, and one after a change', async () => {
    cloud = await cloud.restart();
    expect(await subjects()).toEqual(['Base application']);
    await write('src/index.ts', 'export const changed = true;\n');
    cloud = await cloud.restart();
    cloud = await cloud.restart();
    expect(await subjects()).toEqual([
      'Update base application',
      'Base application',
    ]);
  });

  it('keeps what was pushed when the folder changes elsewhere', async () => {
    await push('pushed.txt', 'mine\n');
    await write('src/index.ts', 'export const changed = true;\n');
    cloud = await cloud.restart();
    expect(await subjects()).toEqual([
      'Update base application',
      'Push pushed.txt',
      'Base application',
    ]);
    expect(await read('pushed.txt')).toBe('mine\n');
    expect(await read('src/index.ts')).toContain('changed');
  });

  it('keeps what was pushed when the folder changes the same lines, and says so', async () => {
    const file = await octokit.repos.getContent({
      ...place,
      path: 'src/index.ts',
    });
    await push(
      'src/index.ts',
      'export const pushed = true;\n',
      'sha' in file.data ? file.data.sha : undefined,
    );
    await write('src/index.ts', 'export const changed = true;\n');
    await cloud.stop();
    const warn = jest.fn();
    cloud = await startTestLocalCloud({
      config: cloud.config,
      log: { info: () => {}, warn, error: () => {} },
    });
    expect(await read('src/index.ts')).toContain('pushed');
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('acme/base-app has changes that conflict'),
    );
  });
});
