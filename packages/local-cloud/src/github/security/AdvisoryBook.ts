import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Log } from '../../Log';
import {
  Advisory,
  advisorySchema,
  listVulnerableRanges,
  VulnerableRange,
} from './osv';

/** Is one reason why a package is vulnerable. */
interface KnownVulnerability {
  advisory: Advisory;
  range: VulnerableRange;
}

/** Is what all advisory files said at one moment. */
export interface Advisories {
  /** Changes whenever a file does. */
  digest: string;
  /** Finds what is known of a version. */
  find(name: string, version: string): KnownVulnerability[];
}

async function listFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') {
        return [];
      }
      throw error;
    },
  );
  return names
    .filter(name => name.endsWith('.json'))
    .sort()
    .map(name => path.join(folder, name));
}

/** Reads advisories in OSV form: those that we carry, and those that a user has put into a folder. */
export class AdvisoryBook {
  readonly #folders: string[];
  readonly #log: Log;

  constructor(options: { dataDir: string; log: Log }) {
    this.#folders = [
      path.join(__dirname, '../advisories'),
      path.join(options.dataDir, 'advisories'),
    ];
    this.#log = options.log;
  }

  /** Reads all files; one that is not an advisory is reported and left out. */
  async read(): Promise<Advisories> {
    const hash = createHash('sha256');
    const byId = new Map<string, Advisory>();
    for (const folder of this.#folders) {
      for (const file of await listFiles(folder)) {
        const content = await readFile(file, 'utf8');
        hash.update(content);
        const advisory = this.#parse(file, content);
        if (advisory) {
          byId.set(advisory.id, advisory);
        }
      }
    }
    const byPackage = new Map<string, KnownVulnerability[]>();
    for (const advisory of byId.values()) {
      for (const range of advisory.withdrawn
        ? []
        : listVulnerableRanges(advisory)) {
        const known = byPackage.get(range.packageName) ?? [];
        byPackage.set(range.packageName, [...known, { advisory, range }]);
      }
    }
    return {
      digest: hash.digest('hex'),
      find: (name, version) =>
        (byPackage.get(name) ?? []).filter(({ range }) =>
          range.matches(version),
        ),
    };
  }

  #parse(file: string, content: string): Advisory | undefined {
    try {
      return advisorySchema.parse(JSON.parse(content));
    } catch (error) {
      this.#log.warn(
        `${file} is not an advisory in OSV form and is left out: ${error}`,
      );
      return undefined;
    }
  }
}
