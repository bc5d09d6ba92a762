import { ServiceUnavailableError } from '@backstage/errors';
import { z } from 'zod';

/** A package that a lockfile installs. */
export interface LockedPackage {
  name: string;
  version?: string;
  license?: string;
}

const MAX_PACKAGES = 50_000;

const entrySchema = z.object({
  version: z.string().optional().catch(undefined),
  license: z.unknown().optional(),
  name: z.string().optional().catch(undefined),
  link: z.boolean().optional().catch(undefined),
  dev: z.boolean().optional().catch(undefined),
});

const lockfileSchema = z.object({
  lockfileVersion: z.number(),
  packages: z.record(z.string(), entrySchema).optional(),
});

/**
 * Reads the packages that a `package-lock.json` of version 2 or 3 installs for
 * the product, those for development left out (npm Docs, package-lock.json:
 * `packages` maps from locations below `node_modules` to what is there).
 *
 * Throws when it cannot be read, because an unread lockfile is no clean one.
 */
export function readLockfile(path: string, text: string): LockedPackage[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ServiceUnavailableError(
      `'${path}' is no JSON: run npm install and commit the lockfile that it writes.`,
    );
  }
  const lockfile = lockfileSchema.safeParse(parsed);
  if (!lockfile.success || !lockfile.data.packages) {
    throw new ServiceUnavailableError(
      `'${path}' is no package-lock.json of version 2 or 3: run npm install with npm 7 or later and commit the lockfile that it writes.`,
    );
  }
  const entries = Object.entries(lockfile.data.packages);
  if (entries.length > MAX_PACKAGES) {
    throw new ServiceUnavailableError(
      `'${path}' has ${entries.length} packages; at most ${MAX_PACKAGES} are looked at.`,
    );
  }
  return entries.flatMap(([location, entry]) => {
    const marker = location.lastIndexOf('node_modules/');
    if (marker < 0 || entry.link || entry.dev) return [];
    return {
      name: entry.name ?? location.slice(marker + 'node_modules/'.length),
      version: entry.version,
      license: readLicense(entry.license),
    };
  });
}

/** npm writes what the package says: an expression, or in old ones an object. */
function readLicense(license: unknown): string | undefined {
  if (typeof license === 'string') return license;
  const type = (license as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' ? type : undefined;
}
