import type { ProcessUse } from './processGroups';

/** What the processes of a deployment used between two looks. */
export interface MeasuredUse {
  cpuMicroseconds: number;
  /** Resident memory, in kibibytes, times how long it was held. */
  memoryKibibyteMilliseconds: number;
}

/**
 * Turns what processes have used since their start into what they used since
 * the last look.
 *
 * What a process uses between the last look at it and its end is not seen; at
 * a look each second that is less than a second of it.
 */
export class ProcessMeter {
  #seen = new Map<string, { cpuMicroseconds: number; at: number }>();

  /** Adds up the growth by process group; other groups are left out. */
  measure(
    processes: ProcessUse[],
    groups: ReadonlySet<number>,
    now: number,
  ): Map<number, MeasuredUse> {
    const seen = new Map<string, { cpuMicroseconds: number; at: number }>();
    const used = new Map<number, MeasuredUse>();
    for (const { key, group, cpuMicroseconds, residentBytes } of processes) {
      if (!groups.has(group)) continue;
      const last = this.#seen.get(key);
      // One that has used less than before is another one with its number.
      const before =
        last && last.cpuMicroseconds <= cpuMicroseconds
          ? last
          : { cpuMicroseconds: 0, at: now };
      const sum = used.get(group) ?? {
        cpuMicroseconds: 0,
        memoryKibibyteMilliseconds: 0,
      };
      sum.cpuMicroseconds += cpuMicroseconds - before.cpuMicroseconds;
      sum.memoryKibibyteMilliseconds += Math.round(
        (residentBytes / 1024) * (now - before.at),
      );
      used.set(group, sum);
      seen.set(key, { cpuMicroseconds, at: now });
    }
    this.#seen = seen;
    return used;
  }
}
