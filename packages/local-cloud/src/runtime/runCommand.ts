import { spawn } from 'node:child_process';
import { LineSplitter } from './LineSplitter';
import type { ProcessRecords } from './ProcessRecords';
import { signalGroup } from './processGroups';

/** What to start: a program with arguments, or a line for the shell. */
export type Command = { file: string; args: string[] } | { shell: string };

export interface RunCommandOptions {
  command: Command;
  cwd: string;
  env: Record<string, string>;
  onLine: (line: string, stream: 'stdout' | 'stderr') => void;
  signal: AbortSignal;
  timeoutMillis: number;
  records: ProcessRecords;
  /** Name of the record under which an unclean stop is repaired. */
  recordName: string;
}

export interface CommandResult {
  exitCode: number | undefined;
  timedOut: boolean;
}

/**
 * Runs a command in a process group of its own until it ends, and ends the
 * whole group when the signal fires or the time is up.
 */
export async function runCommand(
  options: RunCommandOptions,
): Promise<CommandResult> {
  options.signal.throwIfAborted();
  const child = spawnCommand(options.command, options);
  const stdout = new LineSplitter(line => options.onLine(line, 'stdout'));
  const stderr = new LineSplitter(line => options.onLine(line, 'stderr'));
  child.stdout.on('data', chunk => stdout.write(chunk));
  child.stderr.on('data', chunk => stderr.write(chunk));

  let timedOut = false;
  const kill = () => child.pid && signalGroup(child.pid, 'SIGKILL');
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, options.timeoutMillis);
  options.signal.addEventListener('abort', kill, { once: true });
  const closed = new Promise<number | undefined>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      // A background process that holds the pipes must not hold the build.
      setTimeout(kill, 500).unref();
    });
    child.once('close', code => resolve(code ?? undefined));
  });
  try {
    if (child.pid) await options.records.insert(options.recordName, child.pid);
    const exitCode = await closed;
    stdout.end();
    stderr.end();
    options.signal.throwIfAborted();
    return { exitCode, timedOut };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', kill);
    await options.records.delete(options.recordName);
  }
}

/** Starts a command in a process group of its own, with piped output. */
export function spawnCommand(
  command: Command,
  options: { cwd: string; env: Record<string, string> },
) {
  const [file, args] =
    'shell' in command
      ? ['/bin/sh', ['-c', command.shell]]
      : [command.file, command.args];
  return spawn(file, args, {
    cwd: options.cwd,
    env: options.env as NodeJS.ProcessEnv,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
