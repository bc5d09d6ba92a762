import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rootDir } from './paths';

/** Runs one benchmark of `benchmarks/` and keeps its results as JSON. */
export async function bench(): Promise<void> {
  const folder = join(rootDir, 'benchmarks');
  const names = readdirSync(folder).filter(name =>
    existsSync(join(folder, name, 'run.ts')),
  );
  const name = process.argv[3];
  if (!name || !names.includes(name)) {
    throw new Error(
      `Name a benchmark: npm run bench -- <name>. There are: ${names.join(', ')}.`,
    );
  }
  const { run } = (await import(join(folder, name, 'run.ts'))) as {
    run(): Promise<void>;
  };
  await run();
}
