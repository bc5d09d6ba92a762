import {
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { findProcessStart, signalGroup } from './processGroups';

interface ProcessRecord {
  pid: number;
  start: string;
}

/**
 * Remembers on disk which processes we started, so that the next run can end
 * those that an unclean stop left behind.
 */
export class ProcessRecords {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  async insert(name: string, pid: number): Promise<void> {
    const start = await findProcessStart(pid);
    if (start === undefined) return;
    await mkdir(this.#folder, { recursive: true });
    const record: ProcessRecord = { pid, start };
    const temporary = join(this.#folder, `.${name}.tmp`);
    await writeFile(temporary, JSON.stringify(record));
    await rename(temporary, join(this.#folder, `${name}.json`));
  }

  async delete(name: string): Promise<void> {
    await rm(join(this.#folder, `${name}.json`), { force: true });
  }

  /** Ends what earlier runs left; answers how many process groups that were. */
  async endStale(): Promise<number> {
    await mkdir(this.#folder, { recursive: true });
    let ended = 0;
    for (const file of await readdir(this.#folder)) {
      const record = await this.#read(file);
      // A group lives on after its first process when that one was killed
      // alone, but then its number may be anybody's: leave it.
      if (
        record &&
        (await findProcessStart(record.pid)) === record.start &&
        signalGroup(record.pid, 'SIGKILL')
      ) {
        ended += 1;
      }
      await rm(join(this.#folder, file), { force: true });
    }
    return ended;
  }

  async #read(file: string): Promise<ProcessRecord | undefined> {
    try {
      const record: unknown = JSON.parse(
        await readFile(join(this.#folder, file), 'utf8'),
      );
      return isRecord(record) ? record : undefined;
    } catch {
      return undefined;
    }
  }
}

function isRecord(value: unknown): value is ProcessRecord {
  if (typeof value !== 'object' || value === null) return false;
  const { pid, start } = value as Partial<ProcessRecord>;
  // Never 0 or 1: those would address our own group, or everybody.
  return Number.isInteger(pid) && Number(pid) > 1 && typeof start === 'string';
}
