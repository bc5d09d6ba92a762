import { GitObjects } from '../git';
import { LockedPackage, readLockfile } from './readLockfile';

/** Is a lockfile of a repository that could be read. */
export interface Lockfile {
  path: string;
  packages: LockedPackage[];
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
    ({ path, type, size }) =>
      type === 'blob' &&
      /(^|\/)package-lock\.json$/.test(path) &&
      !/(^|\/)node_modules\//.test(path) &&
      (size ?? 0) <= lockfileLimit,
  );
  const blobs = await objects.readMany(entries.map(({ sha }) => sha));
  return entries.flatMap(({ path }, index) => {
    const packages = readLockfile(blobs[index]?.content.toString('utf8') ?? '');
    return packages ? [{ path, packages }] : [];
  });
}
