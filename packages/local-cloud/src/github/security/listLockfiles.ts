import { GitObjects } from '../git';
import { LockedPackage, readLockfile } from './readLockfile';

/** Is a lockfile of a repository. */
export interface Lockfile {
  path: string;
  /** Undefined for a file that could not be read. */
  packages?: LockedPackage[];
}

/** Above this a lockfile is not read: npm's largest known ones have about 5 MB. */
const lockfileLimit = 32 * 1024 * 1024;

/** Reads every package-lock.json of a commit, outside of folders that hold installed packages. */
export async function listLockfiles(
  objects: GitObjects,
  commit: string,
): Promise<Lockfile[]> {
  const tree = await objects.listTree({ sha: commit, recursive: true });
  const entries = tree.filter(
    ({ path, type }) =>
      type === 'blob' &&
      /(^|\/)package-lock\.json$/.test(path) &&
      !/(^|\/)node_modules\//.test(path),
  );
  const readable = entries.filter(({ size }) => (size ?? 0) <= lockfileLimit);
  const blobs = await objects.readMany(readable.map(({ sha }) => sha));
  const contents = new Map(blobs.map(blob => [blob?.sha, blob?.content]));
  return entries.map(({ path, sha }) => ({
    path,
    packages: readLockfile(contents.get(sha)?.toString('utf8') ?? ''),
  }));
}
