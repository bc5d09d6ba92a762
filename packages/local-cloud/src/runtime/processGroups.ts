import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PAGE_BYTES = 4096;
// Linux shows ticks of 1/100 s to programs, whatever the kernel's own are.
const TICK_MICROSECONDS = 10_000;

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

/** What one process of this machine holds and has used since its start. */
export interface ProcessUse {
  /** Says for as long as we run which process it is; ids alone come back. */
  key: string;
  group: number;
  residentBytes: number;
  cpuMicroseconds: number;
}

/** Reads what every process of this machine holds and has used. */
export async function readProcesses(): Promise<ProcessUse[]> {
  if (platform() === 'linux') {
    const entries = await readdir('/proc');
    const stats = await Promise.all(
      entries.filter(name => /^\d+$/.test(name)).map(readStat),
    );
    return stats.flatMap(stat =>
      stat
        ? {
            key: `${stat.pid} ${stat.startTicks}`,
            group: stat.group,
            residentBytes: stat.residentPages * PAGE_BYTES,
            cpuMicroseconds: stat.cpuTicks * TICK_MICROSECONDS,
          }
        : [],
    );
  }
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,pgid=,rss=,time=']);
  return stdout.split('\n').flatMap(line => {
    const [pid, group, kilobytes, time] = line.trim().split(/\s+/);
    return time
      ? {
          key: pid,
          group: Number(group),
          residentBytes: Number(kilobytes) * 1024,
          cpuMicroseconds: parseTime(time),
        }
      : [];
  });
}

/** Reads `[hours:]minutes:seconds[.hundredths]`, as `ps` writes CPU time. */
export function parseTime(time: string): number {
  const seconds = time
    .split(':')
    .reduce((total, part) => total * 60 + Number(part), 0);
  return Math.round(seconds * 1e6) || 0;
}

async function readStat(pid: string) {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name stands in parentheses and may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie is over, it only waits for its parent to look.
    if (fields[0] === 'Z') return undefined;
    return {
      pid,
      group: Number(fields[2]),
      cpuTicks: Number(fields[11]) + Number(fields[12]),
      startTicks: fields[19],
      residentPages: Number(fields[21]),
    };
  } catch {
    return undefined;
  }
}
