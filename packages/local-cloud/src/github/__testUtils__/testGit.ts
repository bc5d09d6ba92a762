import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gitEnvironment } from '../git';

const execute = promisify(execFile);

/** Runs the git command line as a user would; rejects with git's own words. */
export async function testGit(
  directory: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<string> {
  const identity = {
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@example.com',
    GIT_COMMITTER_NAME: 'Ana',
    GIT_COMMITTER_EMAIL: 'ana@example.com',
  };
  const { stdout } = await execute('git', args, {
    cwd: directory,
    env: gitEnvironment({ ...identity, ...environment }),
  });
  return stdout.trim();
}

/** Makes environment that sends a header to one origin, as the portal does it. */
export function headerEnvironment(
  url: string,
  header: string,
): Record<string, string> {
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${url}/.extraHeader`,
    GIT_CONFIG_VALUE_0: header,
  };
}

export function basicHeader(token: string): string {
  const value = Buffer.from(`x-access-token:${token}`).toString('base64');
  return `Authorization: Basic ${value}`;
}
