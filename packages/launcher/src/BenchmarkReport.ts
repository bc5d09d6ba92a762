import { Console } from 'node:console';
import { cpus, release, totalmem } from 'node:os';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rootDir } from './paths';

/** One measured quantity beside its peer, from the same run. */
export interface Measure {
  measure: string;
  /** Ours and the peer's value, in `unit`; smaller is better. */
  ours: number;
  peer?: number;
  /** Who the peer is. */
  peerName?: string;
  unit: string;
  /** Every sample that `ours` was taken from. */
  samples: number[];
  peerSamples?: number[];
}

/** The value below which a share of the samples lies; the nearest rank. */
export function quantile(samples: number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const rank = Math.min(
    sorted.length - 1,
    Math.max(0, Math.ceil(share * sorted.length) - 1),
  );
  return sorted[rank];
}

/**
 * Prints a benchmark's table and writes `benchmarks/results/<name>.json`.
 */
export async function reportBenchmark(options: {
  name: string;
  question: string;
  measures: Measure[];
  notes?: string[];
}): Promise<void> {
  const round = (value: number) => Number(value.toPrecision(4));
  const measures = options.measures.map(entry => ({
    ...entry,
    ours: round(entry.ours),
    ...(entry.peer === undefined
      ? {}
      : {
          peer: round(entry.peer),
          ratio: round(entry.ours / entry.peer),
        }),
    samples: entry.samples.map(round),
    ...(entry.peerSamples ? { peerSamples: entry.peerSamples.map(round) } : {}),
  }));
  const result = {
    name: options.name,
    question: options.question,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${process.platform} ${release()}`,
      node: process.version,
    },
    measures,
    ...(options.notes ? { notes: options.notes } : {}),
  };
  process.stdout.write(`\n${options.question}\n`);
  new Console(process.stdout).table(
    Object.fromEntries(
      result.measures.map(({ measure, ...entry }) => [
        measure,
        {
          ours: entry.ours,
          peer: entry.peer,
          unit: entry.unit,
          ratio: 'ratio' in entry ? entry.ratio : undefined,
          against: entry.peerName,
        },
      ]),
    ),
  );
  for (const note of options.notes ?? []) process.stdout.write(`${note}\n`);
  const folder = join(rootDir, 'benchmarks/results');
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, `${options.name}.json`),
    `${JSON.stringify(result, null, 2)}\n`,
  );
}
