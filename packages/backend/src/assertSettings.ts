import { readFileSync } from 'node:fs';

/**
 * Stops the start when a configuration file names an environment variable that
 * is not set, and names all of them.
 *
 * Backstage itself leaves such a key out, and the value of an earlier file then
 * holds: in production the one of the embedded default.
 */
export function assertSettings(
  files: string[],
  environment: NodeJS.ProcessEnv,
): void {
  const missing = files.flatMap(file => {
    const text = readFileSync(file, 'utf8').replace(/^\s*#.*$/gm, '');
    const names = [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\}/g)].map(
      match => match[1],
    );
    return [...new Set(names)]
      .filter(name => !environment[name])
      .map(name => `${name} (${file})`);
  });
  if (missing.length > 0) {
    throw new Error(
      `These settings are missing in the environment: ${missing.join(', ')}. docs/guides/production.md says what each is and where it comes from.`,
    );
  }
}

/** The configuration files that the command line names last: they must be whole. */
export function findLastConfig(args: string[]): string[] {
  const at = args.lastIndexOf('--config');
  return at >= 0 && args[at + 1] ? [args[at + 1]] : [];
}
