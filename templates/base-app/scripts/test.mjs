// Bundles the tests as the application is bundled, and runs them with Node's own
// runner. Those that need PostgreSQL use the one at POSTGRES_URL, in a schema each.
import { spawnSync } from 'node:child_process';
import { globSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist/test', { recursive: true, force: true });
await build({
  entryPoints: globSync('test/*.test.ts'),
  outdir: 'dist/test',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: 'inline',
  logLevel: 'warning',
});

if (!process.env.POSTGRES_URL) {
  console.log(
    'POSTGRES_URL is not set: tests that need PostgreSQL are skipped.',
  );
}
const { status } = spawnSync(
  process.execPath,
  ['--enable-source-maps', '--test', ...globSync('dist/test/*.test.js')],
  { stdio: 'inherit' },
);
process.exit(status ?? 1);
