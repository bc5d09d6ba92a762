import { existsSync, realpathSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';

/**
 * Finds the JavaScript file of npm, to be run with the Node that runs us.
 *
 * Looks at the npm that started us, then beside the node binary, then on PATH.
 */
export function findNpmCli(
  env: NodeJS.ProcessEnv = process.env,
  nodePath: string = process.execPath,
): string {
  const candidates = [
    env.npm_execpath,
    ...besideNode(realpathSync(nodePath)),
    ...(env.PATH ?? '').split(delimiter).flatMap(onPath),
  ];
  for (const candidate of candidates) {
    if (
      candidate &&
      basename(candidate) === 'npm-cli.js' &&
      existsSync(candidate)
    ) {
      return realpathSync(candidate);
    }
  }
  throw new Error(
    'npm was not found: not in npm_execpath, not beside node and not on PATH. ' +
      'Builds of deployments need it; install Node with npm and start again.',
  );
}

function besideNode(nodePath: string): string[] {
  const folder = dirname(nodePath);
  return [
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
}

function onPath(folder: string): string[] {
  if (!folder) return [];
  const link = join(folder, 'npm');
  const candidates = [
    join(folder, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(folder, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  return existsSync(link) ? [realpathSync(link), ...candidates] : candidates;
}
