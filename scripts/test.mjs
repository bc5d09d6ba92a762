// Runs every package's tests through backstage-cli, under the pinned Node, and
// ends with one plain line that counts them.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import startPostgres from '../packages/launcher/jest/globalSetup.cjs';
import stopPostgres from '../packages/launcher/jest/globalTeardown.cjs';

const root = resolve(fileURLToPath(import.meta.url), '../..');
const bin = join(root, 'node_modules/.bin');
const env = {
  ...process.env,
  CI: 'true',
  PATH: `${bin}${delimiter}${process.env.PATH}`,
};

function run(command, args, cwd = root, onLine = undefined) {
  return new Promise(done => {
    const child = spawn(command, args, {
      cwd,
      env,
      stdio: ['inherit', onLine ? 'pipe' : 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    if (onLine) {
      createInterface({ input: child.stdout }).on('line', line => {
        console.log(line);
        onLine(line.trim());
      });
    }
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
/** The packages' tests, counted by Jest itself. */
async function testPackages() {
  const results = join(
    mkdtempSync(join(tmpdir(), 'forkyard-')),
    'results.json',
  );
  const code = await run('backstage-cli', [
    'repo',
    'test',
    '--json',
    `--outputFile=${results}`,
    ...process.argv.slice(2),
  ]);
  if (!existsSync(results)) return { passed: 0, failed: 1, skipped: 0 };
  const summary = JSON.parse(readFileSync(results, 'utf8'));
  rmSync(resolve(results, '..'), { recursive: true });
  return {
    passed: summary.numPassedTests,
    failed:
      summary.numFailedTests ||
      (code === 0 ? 0 : summary.numFailedTestSuites || 1),
    skipped: summary.numPendingTests,
  };
}

/** The base application is no workspace: every fork is a copy of it, alone. */
async function testBaseApplication() {
  const folder = join(root, 'templates/base-app');
  const none = { passed: 0, failed: 1, skipped: 0 };
  if ((await run('npm', ['ci', '--no-audit', '--no-fund'], folder)) !== 0) {
    return none;
  }
  await startPostgres();
  try {
    env.POSTGRES_URL =
      process.env.BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING;
    const lines = [];
    const code = await run('npm', ['test'], folder, line => lines.push(line));
    const count = name =>
      Number(
        lines
          .map(line => line.match(`^\\S+ ${name} (\\d+)$`)?.[1])
          .find(Boolean) ?? 0,
      );
    const failed = count('fail') || (code === 0 ? 0 : 1);
    return { passed: count('pass'), failed, skipped: count('skipped') };
  } finally {
    await stopPostgres();
  }
}

const counts = [await testPackages()];
// A run that names its tests means the packages' alone.
if (process.argv.length === 2) counts.push(await testBaseApplication());
const sum = key => counts.reduce((total, each) => total + each[key], 0);
const skipped = sum('skipped');
console.log(
  `${sum('passed')} passed, ${sum('failed')} failed${skipped ? `, ${skipped} skipped` : ''}`,
);
process.exit(sum('failed') > 0 || sum('passed') === 0 ? 1 : 0);
