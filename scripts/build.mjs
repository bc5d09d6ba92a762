// Builds every package and leaves in packages/backend/dist what the container
// image is made of.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const env = {
  ...process.env,
  PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
};
// backstage-cli looks for a yarn.lock to find the root; npm's is the one used.
const marker = join(root, 'yarn.lock');
if (!existsSync(marker)) writeFileSync(marker, '');

const steps = [
  // The packages are bundled with their declarations.
  [
    'tsc',
    '--noEmit',
    'false',
    '--declaration',
    '--emitDeclarationOnly',
    '--incremental',
    'false',
  ],
  ['backstage-cli', 'repo', 'build', '--all'],
];
for (const [command, ...args] of steps) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (error) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
console.log(
  "Built. 'docker build -t forkyard .' makes the image; docs/guides/production.md tells how to run it.",
);
