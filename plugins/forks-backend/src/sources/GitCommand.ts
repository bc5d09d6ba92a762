import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  ConflictError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';

const execute = promisify(execFile);

/** Variables of our own environment that git may see. */
const passedOn = [
  'PATH',
  'TMPDIR',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'SSL_CERT_FILE',
  'GIT_SSL_CAINFO',
];

export interface GitOptions {
  gitDir: string;
  signal?: AbortSignal;
  environment?: Record<string, string>;
  /** Given to git on its standard input. */
  input?: string;
  /** Gives access to the remote at a URL. */
  credentials?: { url: string; token: string | undefined };
}

/**
 * Runs system git, away from the configuration of the user and the machine.
 *
 * A token travels in the environment of the one process that needs it, as an
 * extra header for the remote's origin; never in an argument or a URL, which
 * other users of the machine and git's own messages would show.
 */
export class GitCommand {
  constructor(private readonly gitPath: string = 'git') {}

  async run(arguments_: string[], options: GitOptions): Promise<string> {
    try {
      const running = execute(this.gitPath, arguments_, {
        env: this.#environment(options),
        cwd: options.gitDir,
        signal: options.signal,
        maxBuffer: 32 * 1024 * 1024,
      });
      if (options.input !== undefined) running.child.stdin?.end(options.input);
      const { stdout } = await running;
      return stdout.trim();
    } catch (error) {
      options.signal?.throwIfAborted();
      throw describeGitError(arguments_[0], error);
    }
  }

  #environment(options: GitOptions): NodeJS.ProcessEnv {
    const inherited = Object.fromEntries(
      passedOn.flatMap(name =>
        process.env[name] ? [[name, process.env[name]]] : [],
      ),
    );
    return {
      ...inherited,
      HOME: options.gitDir,
      LC_ALL: 'C',
      GIT_DIR: options.gitDir,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      ...credentialsEnvironment(options.credentials),
      ...options.environment,
    } as NodeJS.ProcessEnv;
  }
}

function credentialsEnvironment(
  credentials: GitOptions['credentials'],
): Record<string, string> {
  if (!credentials?.token) return {};
  const basic = Buffer.from(`x-access-token:${credentials.token}`).toString(
    'base64',
  );
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${new URL(credentials.url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

/** The disk of this machine is full, which no retry cures by itself. */
export class DiskFullError extends Error {
  name = 'DiskFullError' as const;
}

function describeGitError(command: string, error: unknown): Error {
  const {
    stderr = '',
    code,
    message,
  } = error as Error & {
    stderr?: string;
    code?: unknown;
  };
  const said = stderr.trim().split('\n').slice(-5).join(' ') || message;
  if (code === 'ENOENT') {
    return new ServiceUnavailableError(
      'git is not installed on the machine of the portal, or not in its PATH. Install git, then resume',
    );
  }
  if (code === 'ENOSPC' || /no space left on device/i.test(stderr)) {
    return new DiskFullError(
      `The disk of the portal is full, git could not ${command}: ${said}`,
    );
  }
  if (
    /authentication failed|HTTP Basic: Access denied|error: 40[13]|could not read Username/i.test(
      stderr,
    )
  ) {
    return new ServiceUnavailableError(
      `The git host refused to ${command}: ${said}. Check the credentials in 'integrations.github'.`,
    );
  }
  if (/repository .*not found|error: 404/i.test(stderr)) {
    return new NotFoundError(`The git host has no such repository: ${said}`);
  }
  if (/non-fast-forward|fetch first|\[rejected\]/i.test(stderr)) {
    return new ConflictError(`The git host did not take the push: ${said}`);
  }
  return new ServiceUnavailableError(`git could not ${command}: ${said}`);
}
