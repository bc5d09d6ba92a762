import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  describeTree,
  linkTree,
  sameTree,
  type TreeManifest,
} from './linkTree';

const LIFECYCLE_SCRIPTS = [
  'preinstall',
  'install',
  'postinstall',
  'preprepare',
  'prepare',
  'postprepare',
];

const lockfileSchema = z.object({
  packages: z.record(
    z.string(),
    z.looseObject({
      link: z.boolean().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
    }),
  ),
});

/**
 * Keeps finished `node_modules` folders by lockfile, so that the second fork of
 * an application does not install again.
 *
 * An entry is written beside its place and renamed, and holds a manifest of its
 * files that is compared at each use: a half-written or altered entry is thrown
 * away and installed anew.
 */
export class DependencyCache {
  readonly #folder: string;
  readonly #maximumEntries: number;
  readonly #running = new Map<string, Promise<void>>();

  constructor(options: { folder: string; maximumEntries?: number }) {
    this.#folder = options.folder;
    this.#maximumEntries = options.maximumEntries ?? 12;
  }

  /** Ends what an unclean stop left half written. */
  async prepare(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    for (const name of await readdir(this.#folder)) {
      if (name.startsWith('tmp-')) await this.#remove(name);
    }
  }

  /**
   * Tells under which key an application's dependencies are kept, or undefined
   * when the lockfile alone does not decide them.
   */
  async findKey(folder: string, nodeVersion: string) {
    const lockfile = await readOptional(join(folder, 'package-lock.json'));
    const manifest = await readOptional(join(folder, 'package.json'));
    if (lockfile === undefined || manifest === undefined) return undefined;
    if (!isSelfContained(lockfile, manifest)) return undefined;
    const settings = (await readOptional(join(folder, '.npmrc'))) ?? '';
    return createHash('sha256')
      .update(
        JSON.stringify([
          lockfile,
          settings,
          nodeVersion,
          process.platform,
          process.arch,
        ]),
      )
      .digest('hex');
  }

  /** Puts `node_modules` into the folder; answers false when there is no entry. */
  async restore(key: string, folder: string): Promise<boolean> {
    return this.#exclusively(key, async () => {
      const entry = join(this.#folder, key);
      const text = await readOptional(join(entry, 'manifest.json'));
      if (text === undefined) return false;
      const source = join(entry, 'node_modules');
      const expected = parseManifest(text);
      if (!expected || !sameTree(expected, await describeTree(source))) {
        await this.#remove(key);
        return false;
      }
      await linkTree(source, join(folder, 'node_modules'));
      const now = new Date();
      await utimes(entry, now, now);
      return true;
    });
  }

  /** Keeps the folder's `node_modules` for others. */
  async save(key: string, folder: string): Promise<void> {
    const source = join(folder, 'node_modules');
    if (!existsSync(source)) return;
    await this.#exclusively(key, async () => {
      const entry = join(this.#folder, key);
      if (existsSync(entry)) return;
      const temporary = join(this.#folder, `tmp-${randomUUID()}`);
      try {
        await linkTree(source, join(temporary, 'node_modules'));
        const manifest = await describeTree(join(temporary, 'node_modules'));
        await writeFile(
          join(temporary, 'manifest.json'),
          JSON.stringify(manifest),
        );
        await rename(temporary, entry);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    });
    await this.#prune();
  }

  /**
   * Lets one deployment at a time work on a key: of two forks created together
   * the second waits for the first one's install instead of repeating it.
   */
  async withKey<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#exclusively(`install ${key}`, work);
  }

  async #prune(): Promise<void> {
    const names = (await readdir(this.#folder)).filter(
      name => !name.startsWith('tmp-'),
    );
    const entries = await Promise.all(
      names.map(async name => ({
        name,
        used: (await stat(join(this.#folder, name))).mtimeMs,
      })),
    );
    entries.sort((a, b) => b.used - a.used);
    for (const { name } of entries.slice(this.#maximumEntries)) {
      await this.#exclusively(name, () => this.#remove(name));
    }
  }

  async #remove(name: string): Promise<void> {
    // Renamed first, so that a stop in the middle leaves no half entry.
    const temporary = join(this.#folder, `tmp-${randomUUID()}`);
    await rename(join(this.#folder, name), temporary);
    await rm(temporary, { recursive: true, force: true });
  }

  async #exclusively<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#running.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(key, settled);
    try {
      return await result;
    } finally {
      if (this.#running.get(key) === settled) this.#running.delete(key);
    }
  }
}

/**
 * Tells whether the lockfile alone decides what is installed. Workspaces and
 * linked folders put sources of the application into `node_modules`, and its
 * own install scripts may do anything.
 */
function isSelfContained(lockfile: string, manifest: string): boolean {
  try {
    const { packages } = lockfileSchema.parse(JSON.parse(lockfile));
    const scripts: unknown = JSON.parse(manifest).scripts ?? {};
    return (
      !LIFECYCLE_SCRIPTS.some(name => Object.hasOwn(Object(scripts), name)) &&
      Object.entries(packages).every(
        ([path, { link, resolved, integrity }]) =>
          !link &&
          (path === '' || path.startsWith('node_modules/')) &&
          (!resolved?.startsWith('file:') || integrity !== undefined),
      )
    );
  } catch {
    return false;
  }
}

function parseManifest(text: string): TreeManifest | undefined {
  try {
    return z
      .record(z.string(), z.tuple([z.number(), z.number()]))
      .parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
}
