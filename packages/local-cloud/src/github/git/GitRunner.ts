import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** Says how git is called. */
export interface GitCall {
  /** Values of callers go behind `--end-of-options` or `--`, or through stdin. */
  args: string[];
  gitDir?: string;
  input?: string | Buffer;
  environment?: Record<string, string>;
  /** Exit codes that are an answer, 0 among them by default. */
  accept?: number[];
  maxBytes?: number;
}

/** Is what git answered. */
export interface GitAnswer {
  code: number;
  stdout: Buffer;
  text: string;
}

/** Reports a call of git that failed. */
export class GitError extends Error {
  readonly code: number | undefined;
  readonly stderr: string;

  constructor(command: string, code: number | undefined, stderr: string) {
    super(`git ${command} failed with ${code ?? 'a signal'}: ${stderr}`);
    this.name = 'GitError';
    this.code = code;
    this.stderr = stderr;
  }
}

/** Limits that hold for every repository; given by environment so that no file of a repository can undo them. */
const settings: [string, string][] = [
  ['safe.directory', '*'],
  ['core.hooksPath', devNull],
  ['core.quotePath', 'false'],
  ['core.autocrlf', 'false'],
  ['core.logAllRefUpdates', 'false'],
  ['gc.auto', '0'],
  ['receive.autogc', 'false'],
  ['receive.fsckObjects', 'true'],
  ['receive.maxInputSize', String(512 * 1024 * 1024)],
  ['receive.hideRefs', 'refs/pull'],
  ['http.receivepack', 'true'],
  ['http.getanyfile', 'false'],
  ['uploadpack.allowFilter', 'true'],
  ['uploadpack.allowReachableSHA1InWant', 'true'],
  ['init.defaultBranch', 'main'],
];

/** Makes the environment in which git runs: nothing of the user's or the system's configuration. */
export function gitEnvironment(
  extra: Record<string, string> = {},
): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_COUNT: String(settings.length),
  };
  if (process.platform === 'win32') {
    environment.SYSTEMROOT = process.env.SYSTEMROOT;
  }
  settings.forEach(([key, value], index) => {
    environment[`GIT_CONFIG_KEY_${index}`] = key;
    environment[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return { ...environment, ...extra };
}

const parallel = 8;
const waiting: (() => void)[] = [];
let running = 0;

/** Runs git and collects its answer; at most eight run at a time. */
export async function runGit(call: GitCall): Promise<GitAnswer> {
  if (running >= parallel) {
    await new Promise<void>(resolve => waiting.push(resolve));
  } else {
    running += 1;
  }
  try {
    return await spawnGit(call);
  } finally {
    const next = waiting.shift();
    if (next) {
      next();
    } else {
      running -= 1;
    }
  }
}

async function spawnGit(call: GitCall): Promise<GitAnswer> {
  const { args, gitDir, input, environment } = call;
  const accept = call.accept ?? [0];
  const maxBytes = call.maxBytes ?? 256 * 1024 * 1024;
  const child = spawn(
    'git',
    gitDir === undefined ? args : [`--git-dir=${gitDir}`, ...args],
    { env: gitEnvironment(environment), stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const output: Buffer[] = [];
  let size = 0;
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBytes) {
      child.kill('SIGKILL');
    } else {
      output.push(chunk);
    }
  });
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-8_000);
  });
  child.stdin.on('error', () => {
    // git may stop reading early; its exit code says what happened.
  });
  child.stdin.end(input ?? '');
  const code = await new Promise<number | undefined>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', exit => resolve(exit ?? undefined));
  });
  if (size > maxBytes) {
    throw new GitError(args[0], code, `more than ${maxBytes} bytes of output`);
  }
  if (code === undefined || !accept.includes(code)) {
    throw new GitError(args[0], code, stderr.trim());
  }
  const stdout = Buffer.concat(output);
  return {
    code,
    stdout,
    get text() {
      return stdout.toString('utf8');
    },
  };
}
