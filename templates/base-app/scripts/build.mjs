// Bundles our own sources into dist/; packages stay in node_modules.
import { build } from 'esbuild';

await build({
  entryPoints: ['src/server.ts', 'src/vercel.ts'],
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node22',
  sourcemap: true,
  logLevel: 'info',
});
