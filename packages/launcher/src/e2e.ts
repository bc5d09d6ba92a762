import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { withTemporaryPortal } from './withTemporaryPortal';

const browsers = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * Runs the end-to-end journeys in a real browser, against a portal of its own
 * on an empty data folder: all of them, or those whose names are given.
 */
export async function e2e(): Promise<void> {
  const browser = browsers.find(path => path && existsSync(path));
  if (!browser) {
    const message =
      'No Chromium was found. Install one, or name it in CHROMIUM_PATH.';
    if (process.env.CI) throw new Error(message);
    process.stdout.write(`The journeys were not run. ${message}\n`);
    return;
  }
  await withTemporaryPortal({}, async portal => {
    const journeys = join(__dirname, '../../app/e2e-tests');
    const files = (await readdir(journeys))
      .filter(name => name.endsWith('.test.ts') && isWanted(name))
      .map(name => join(journeys, name));
    // A journey asks for a crash by this signal.
    process.on('SIGUSR2', () => {
      portal.crashBackend().catch(error => {
        process.stderr.write(`The backend did not come back: ${error}\n`);
      });
    });
    process.exitCode = await runJourneys(files, {
      ...portal.environment,
      PORTAL_URL: portal.url,
      PORTAL_PID: String(process.pid),
      CHROMIUM_PATH: browser,
    });
  });
}

function isWanted(name: string): boolean {
  const wanted = process.argv.slice(3);
  return wanted.length === 0 || wanted.some(part => name.startsWith(part));
}

function runJourneys(files: string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise(resolve => {
    const child = spawn(
      process.execPath,
      [
        '--require',
        '@backstage/cli-node/config/nodeTransform.cjs',
        '--test',
        '--test-concurrency=1',
        '--test-reporter=spec',
        ...files,
      ],
      { stdio: 'inherit', env },
    );
    child.once('exit', code => resolve(code ?? 1));
  });
}
