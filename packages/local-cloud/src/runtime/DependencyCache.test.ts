import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DependencyCache } from './DependencyCache';

describe('DependencyCache', () => {
  let root: string;
  let cache: DependencyCache;
  let count = 0;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'local-cloud-cache-'));
    cache = new DependencyCache({
      folder: join(root, 'cache'),
      maximumEntries: 2,
    });
    await cache.prepare();
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function createApp(
    options: { lockfile?: object; manifest?: object } = {},
  ) {
    count += 1;
    const folder = join(root, `app-${count}`);
    await mkdir(folder);
    await writeFile(
      join(folder, 'package-lock.json'),
      JSON.stringify({
        packages: { '': {}, 'node_modules/dep': { version: '1.0.0' } },
        ...options.lockfile,
      }),
    );
    await writeFile(
      join(folder, 'package.json'),
      JSON.stringify(options.manifest ?? {}),
    );
    return folder;
  }

  async function installInto(folder: string) {
    await mkdir(join(folder, 'node_modules', 'dep'), { recursive: true });
    await mkdir(join(folder, 'node_modules', '.cache'));
    await writeFile(join(folder, 'node_modules', 'dep', 'index.js'), 'one');
    await writeFile(join(folder, 'node_modules', '.cache', 'state'), 'empty');
  }

  const file = (folder: string, name: string) =>
    join(folder, 'node_modules', name);

  it('gives the second application the dependencies of the first', async () => {
    const first = await createApp();
    const second = await createApp();
    const key = (await cache.findKey(first, 'v24.0.0')) ?? '';
    expect(await cache.findKey(second, 'v24.0.0')).toBe(key);
    expect(await cache.restore(key, second)).toBe(false);
    await installInto(first);
    await cache.save(key, first);
    expect(await cache.restore(key, second)).toBe(true);
    expect(await readFile(file(second, 'dep/index.js'), 'utf8')).toBe('one');
    const { ino } = await stat(file(first, 'dep/index.js'));
    expect((await stat(file(second, 'dep/index.js'))).ino).toBe(ino);
  });

  it('keeps folders in which builds write apart', async () => {
    const [first, second] = [await createApp(), await createApp()];
    const key = (await cache.findKey(first, 'v24.0.0')) ?? '';
    await installInto(first);
    await cache.save(key, first);
    await cache.restore(key, second);
    await appendFile(file(second, '.cache/state'), ' no more');
    const third = await createApp();
    expect(await cache.restore(key, third)).toBe(true);
    expect(await readFile(file(third, '.cache/state'), 'utf8')).toBe('empty');
  });

  it('throws an entry away when a build has written into it', async () => {
    const [first, second] = [await createApp(), await createApp()];
    const key = (await cache.findKey(first, 'v24.0.0')) ?? '';
    await installInto(first);
    await cache.save(key, first);
    await appendFile(file(first, 'dep/index.js'), ' patched');
    expect(await cache.restore(key, second)).toBe(false);
    expect(await readdir(join(root, 'cache'))).toEqual([]);
  });

  it('does not use an entry that was not finished', async () => {
    const app = await createApp();
    const key = (await cache.findKey(app, 'v24.0.0')) ?? '';
    await mkdir(join(root, 'cache', key, 'node_modules'), { recursive: true });
    await mkdir(join(root, 'cache', 'tmp-left-behind'));
    expect(await cache.restore(key, app)).toBe(false);
    await cache.prepare();
    expect(await readdir(join(root, 'cache'))).toEqual([key]);
  });

  it('has a key of its own for each lockfile and each Node', async () => {
    const app = await createApp();
    const other = await createApp({ lockfile: { name: 'other' } });
    const keys = await Promise.all([
      cache.findKey(app, 'v24.0.0'),
      cache.findKey(app, 'v26.0.0'),
      cache.findKey(other, 'v24.0.0'),
    ]);
    expect(new Set(keys).size).toBe(3);
  });

  it.each([
    ['has install scripts', { manifest: { scripts: { postinstall: 'x' } } }],
    [
      'has workspaces',
      { lockfile: { packages: { 'packages/a': {}, 'node_modules/a': {} } } },
    ],
    [
      'links a folder',
      { lockfile: { packages: { 'node_modules/a': { link: true } } } },
    ],
    [
      'installs an unchecked file',
      {
        lockfile: {
          packages: { 'node_modules/a': { resolved: 'file:a.tgz' } },
        },
      },
    ],
    ['has a broken lockfile', { lockfile: { packages: 'x' } }],
  ])('keeps nothing of an application that %s', async (_, options) => {
    const app = await createApp(options);
    expect(await cache.findKey(app, 'v24.0.0')).toBeUndefined();
  });

  it('forgets the entry that was not used for longest', async () => {
    const keys: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const app = await createApp({ lockfile: { name } });
      const key = (await cache.findKey(app, 'v24.0.0')) ?? '';
      await installInto(app);
      await cache.save(key, app);
      keys.push(key);
    }
    expect((await readdir(join(root, 'cache'))).sort()).toEqual(
      keys.slice(1).sort(),
    );
  });

  it('lets one install at a time work on a key', async () => {
    const order: string[] = [];
    await Promise.all(
      ['first', 'second'].map(name =>
        cache.withKey('key', async () => {
          order.push(`${name} begins`);
          await Promise.resolve();
          order.push(`${name} ends`);
        }),
      ),
    );
    expect(order).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
    ]);
  });
});
