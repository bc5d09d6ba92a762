import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
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
  const load = createRequire(__filename);
  const { run } = load(join(folder, name, 'run.ts')) as {
    run(): Promise<void>;
  };
  await run();
}
