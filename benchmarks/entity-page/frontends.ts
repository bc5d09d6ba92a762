import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(__dirname, '../..');
/** Ignored by git; inside the checkout, so that dependencies resolve. */
const workFolder = join(root, 'benchmarks/.work');

/** A frontend as `backstage-cli package build` leaves it, ready to be served. */
export interface BuiltFrontend {
  /** Value of `app.packageName`. */
  packageName: string;
  /** Value of `NODE_PATH` by which a backend finds the package. */
  nodePath: string;
}

/**
 * Builds the portal's frontend and the peer's, one after the other.
 *
 * The peer is made from a copy of packages/app: the same plugins of Backstage
 * in the same order and the same sign-in page, with Backstage's own navigation
 * and theme, no home page, and nothing else of ours. The sign-in page stays,
 * because Backstage's default one loads all components that there are, which
 * an application of one's own would not. The copy goes when the process ends.
 */
export async function buildFrontends(): Promise<{
  ours: BuiltFrontend;
  stock: BuiltFrontend;
}> {
  const app = join(root, 'packages/app');
  process.stdout.write('Building the frontend\n');
  await build(app);
  const packageName = 'stock-app';
  const copy = join(workFolder, packageName);
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  await rm(copy, { recursive: true, force: true });
  for (const path of [
    'package.json',
    'public',
    'src/App.tsx',
    'src/index.tsx',
    'src/modules/signIn',
  ]) {
    await cp(join(app, path), join(copy, path), { recursive: true });
  }
  await rewrite(join(copy, 'package.json'), withoutOurs);
  await rewrite(join(copy, 'src/App.tsx'), stockFeatures);
  await rewrite(join(copy, 'src/index.tsx'), text =>
    text.replace(/^import '\.\/modules\/.*\n/gm, ''),
  );
  process.stdout.write('Building the same frontend without our plugins\n');
  await build(copy);
  return {
    ours: { packageName: 'app', nodePath: '' },
    stock: { packageName, nodePath: workFolder },
  };
}

/**
 * Drops our packages from the manifest. Its name stays, because backstage-cli
 * builds only what it knows as a workspace; the folder is what a backend
 * resolves.
 */
function withoutOurs(text: string): string {
  const { dependencies, ...manifest } = JSON.parse(text) as {
    dependencies: Record<string, string>;
  };
  const kept = Object.entries(dependencies).filter(
    ([name]) => !name.startsWith('@forkyard/'),
  );
  return JSON.stringify({
    ...manifest,
    dependencies: Object.fromEntries(kept),
  });
}

/** Takes the features of ours out of App.tsx: their imports and their lines. */
function stockFeatures(text: string): string {
  const ours: string[] = [];
  const withoutImports = text.replace(
    /^import (?:\{ (\w+) \}|(\w+)) from '(?:@forkyard\/|\.\/modules\/(?!signIn'))[^']*';\n/gm,
    (_line, named?: string, byDefault?: string) => {
      ours.push(named ?? byDefault ?? '');
      return '';
    },
  );
  return ours.reduce((left, name) => {
    const shorter = left.replace(new RegExp(`^\\s+${name},\\n`, 'm'), '');
    if (new RegExp(`\\b${name}\\b`).test(shorter)) {
      throw new Error(`App.tsx uses ${name} in a way the benchmark cannot cut`);
    }
    return shorter;
  }, withoutImports);
}

async function rewrite(path: string, change: (text: string) => string) {
  await writeFile(path, change(await readFile(path, 'utf8')));
}

async function build(folder: string): Promise<void> {
  // backstage-cli looks for a yarn.lock to find the root; npm's is the one used.
  const marker = join(root, 'yarn.lock');
  if (!existsSync(marker)) await writeFile(marker, '');
  await promisify(execFile)('backstage-cli', ['package', 'build'], {
    cwd: folder,
    maxBuffer: 64 * 2 ** 20,
  });
}
