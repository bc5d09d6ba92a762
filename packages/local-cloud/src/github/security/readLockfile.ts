import { z } from 'zod';

/** Is one package that a lockfile installs. */
export interface LockedPackage {
  name: string;
  version: string;
  /** Where npm puts it, such as `node_modules/a/node_modules/b`. */
  path: string;
  development: boolean;
  direct: boolean;
  /** SPDX expression as the lockfile has it. */
  license?: string;
}

const rangesSchema = z.record(z.string(), z.unknown()).optional();

const packageSchema = z.object({
  name: z.string().optional(),
  version: z.string().optional(),
  link: z.boolean().optional(),
  dev: z.boolean().optional(),
  devOptional: z.boolean().optional(),
  license: z.unknown().optional(),
  dependencies: rangesSchema,
  devDependencies: rangesSchema,
  optionalDependencies: rangesSchema,
});

interface OldDependency {
  version?: string;
  dev?: boolean;
  dependencies?: Record<string, OldDependency>;
}

const oldSchema: z.ZodType<OldDependency> = z.lazy(() =>
  z.object({
    version: z.string().optional(),
    dev: z.boolean().optional(),
    dependencies: z.record(z.string(), oldSchema).optional(),
  }),
);

const lockfileSchema = z.object({
  packages: z.record(z.string(), packageSchema).optional(),
  dependencies: z.record(z.string(), oldSchema).optional(),
});

function readPackages(
  packages: Record<string, z.output<typeof packageSchema>>,
): LockedPackage[] {
  const direct = new Set(
    Object.entries(packages)
      .filter(([path]) => !path.includes('node_modules/'))
      .flatMap(([, root]) => [
        ...Object.keys(root.dependencies ?? {}),
        ...Object.keys(root.devDependencies ?? {}),
        ...Object.keys(root.optionalDependencies ?? {}),
      ]),
  );
  const marker = 'node_modules/';
  return Object.entries(packages).flatMap(([path, entry]) => {
    const at = path.lastIndexOf(marker);
    if (at < 0 || entry.link || !entry.version) {
      return [];
    }
    const folder = path.slice(at + marker.length);
    return [
      {
        name: entry.name ?? folder,
        version: entry.version,
        path,
        development: entry.dev ?? entry.devOptional ?? false,
        direct: path.indexOf(marker) === at && direct.has(folder),
        license: typeof entry.license === 'string' ? entry.license : undefined,
      },
    ];
  });
}

function readOld(
  dependencies: Record<string, OldDependency>,
  parent = '',
): LockedPackage[] {
  return Object.entries(dependencies).flatMap(([name, entry]) => {
    const path = `${parent}node_modules/${name}`;
    return [
      {
        name,
        version: entry.version ?? '',
        path,
        development: entry.dev ?? false,
        // Version 1 does not say what the project itself asked for.
        direct: false,
      },
      ...readOld(entry.dependencies ?? {}, `${path}/`),
    ];
  });
}

/** Reads a package-lock.json of any version; undefined for what is none. */
export function readLockfile(content: string): LockedPackage[] | undefined {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    return undefined;
  }
  const parsed = lockfileSchema.safeParse(json);
  if (!parsed.success) {
    return undefined;
  }
  const { packages, dependencies } = parsed.data;
  return packages ? readPackages(packages) : readOld(dependencies ?? {});
}
