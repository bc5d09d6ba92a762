import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';

/** A file that came with the request instead of from git. */
export interface InlineFile {
  file: string;
  data: string;
  encoding?: 'utf-8' | 'base64';
}

/** Writes inline files into a folder; a path that leaves it is an error. */
export async function writeInlineFiles(
  files: InlineFile[],
  folder: string,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { file, data, encoding } of files) {
    const path = resolveInside(folder, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(
      path,
      encoding === 'base64' ? Buffer.from(data, 'base64') : data,
    );
  }
}

/** Joins, and throws when the result is not inside the folder. */
export function resolveInside(folder: string, path: string): string {
  const root = resolve(folder);
  const target = resolve(root, join('.', path));
  if (path.includes('\0') || !target.startsWith(root + sep)) {
    throw new Error(`The path '${path}' is outside of the deployment`);
  }
  return target;
}
