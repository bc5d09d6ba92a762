import { getDataDir, rootDir } from './paths';
import { relative } from 'node:path';
import { Portal } from './Portal';

/** Runs the portal until it is told to end or one of its services does. */
export async function start(): Promise<void> {
  const began = Date.now();
  const elapsed = () =>
    `${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s`;
  const print = (line: string) => process.stdout.write(`${line}\n`);
  const portal = new Portal({
    built: process.argv.includes('--built'),
    onProgress: message => print(`${elapsed()}  ${message}`),
  });

  let ending: Promise<void> | undefined;
  const end = (code: number) => {
    ending ??= portal.stop().finally(() => process.exit(code));
    return ending;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      print('\nStopping; everything is kept for the next start');
      end(0);
    });
  }

  try {
    await portal.start();
  } catch (error) {
    if (ending) return;
    process.stderr.write(
      `\n${error instanceof Error ? error.message : error}\n`,
    );
    await end(1);
    return;
  }
  print(`
  Forkyard is ready:  ${portal.url}

  First, press Enter as guest, open "Create" and choose "Fork an application".
  A minute later you have a running product with a URL, a repository and a page.

  GitHub on this machine   http://127.0.0.1:4391/acme/base-app
  Forks answer at          http://<name>.localhost:4393
  Logs and all state       ${relative(rootDir, getDataDir())}/   (npm run reset empties it)
  Example data             npm run demo   (in a second terminal)
  Stop                     Ctrl-C
`);
  const reason = await portal.firstExit();
  if (!ending) {
    process.stderr.write(`\n${reason}\n`);
    await end(1);
  }
}
