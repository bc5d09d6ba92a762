// Runs every package's tests through backstage-cli, under the pinned Node, and
// ends with one plain line that counts them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const bin = join(root, 'node_modules/.bin');
const env = {
  ...process.env,
  CI: 'true',
  PATH: `${bin}${delimiter}${process.env.PATH}`,
};

function run(command, args, cwd = root) {
  return new Promise(done => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    });
    child.on('exit', code => done(code ?? 1));
    child.on('error', error => {
      console.error(`${command} could not be run: ${error.message}`);
      done(1);
    });
  });
}

if (!existsSync(join(root, 'node_modules/@backstage/cli'))) {
  const code = await run('npm', ['ci']);
  if (code !== 0) process.exit(code);
}
const results = join(mkdtempSync(join(tmpdir(), 'forkyard-')), 'results.json');
const code = await run('backstage-cli', [
  'repo',
  'test',
  '--json',
  `--outputFile=${results}`,
  ...process.argv.slice(2),
]);
if (!existsSync(results)) process.exit(code || 1);
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites } =
  JSON.parse(readFileSync(results, 'utf8'));
rmSync(resolve(results, '..'), { recursive: true });
const failed = numFailedTests || (code === 0 ? 0 : numFailedTestSuites || 1);
console.log(
  `${numPassedTests} passed, ${failed} failed${numPendingTests ? `, ${numPendingTests} skipped` : ''}`,
);
process.exit(code || (failed ? 1 : 0));
