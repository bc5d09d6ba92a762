import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PAGE_BYTES = 4096;

/**
 * Sends a signal to a process and everything it started, as long as those
 * stayed in its process group. Answers whether anybody was there.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(platform() === 'win32' ? pid : -pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Tells when a process started, in whatever notation the system has.
 *
 * Only good for comparing: the same process id with the same start is the same
 * process, and not a stranger that got the number later.
 */
export async function findProcessStart(
  pid: number,
): Promise<string | undefined> {
  if (platform() === 'linux') {
    return (await readStat(String(pid)))?.startTicks;
  }
  try {
    const { stdout } = await run('ps', ['-o', 'lstart=', '-p', String(pid)]);
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Adds up the resident memory of each process group, in bytes. */
export async function readGroupMemory(): Promise<Map<number, number>> {
  const total = new Map<number, number>();
  const add = (group: number, bytes: number) =>
    total.set(group, (total.get(group) ?? 0) + bytes);
  if (platform() === 'linux') {
    const entries = await readdir('/proc');
    const stats = await Promise.all(
      entries.filter(name => /^\d+$/.test(name)).map(readStat),
    );
    for (const stat of stats) {
      if (stat) add(stat.group, stat.residentPages * PAGE_BYTES);
    }
    return total;
  }
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,rss=']);
  for (const line of stdout.split('\n')) {
    const [group, kilobytes] = line.trim().split(/\s+/).map(Number);
    if (group && kilobytes) add(group, kilobytes * 1024);
  }
  return total;
}

async function readStat(pid: string) {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie is over, it only waits for its parent to look.
    if (fields[0] === 'Z') return undefined;
    return {
      group: Number(fields[2]),
      startTicks: fields[19],
      residentPages: Number(fields[21]),
    };
  } catch {
    return undefined;
  }
}
