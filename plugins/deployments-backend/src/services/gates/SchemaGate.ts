import type { Rollout } from '@forkyard/plugin-deployments-common';
import type {
  CommitPlace,
  GithubConnector,
} from '../../sources/GithubConnector';
import type { GithubTreeSource } from '../../sources/GithubTreeSource';
import {
  findDestructiveStatements,
  isMigration,
  type MigrationFile,
} from './findDestructiveStatements';
import type { RolloutGateCheck } from './RolloutGateCheck';

/** More changed migrations than anybody reviews at once. */
const MAX_FILES = 50;

/** Longer ones hold data, and reading them would keep others waiting. */
const MAX_BYTES = 512 * 1024;

const FILES_AT_ONCE = 10;

/** Statements that the reason names. */
const MAX_NAMED = 3;

/**
 * Fails what changes the schema so that the version which still serves would
 * break, because both serve at once.
 */
export class SchemaGate implements RolloutGateCheck {
  readonly name = 'schema';
  readonly recheckSeconds = 15;
  readonly isLasting = true;

  constructor(
    private readonly options: {
      github: GithubConnector;
      trees: GithubTreeSource;
    },
  ) {}

  subjectOf({ stableDeploymentId }: Rollout) {
    return stableDeploymentId;
  }

  async evaluate({ commit, stableCommit, stableDeploymentId }: Rollout) {
    if (!stableDeploymentId) {
      return {
        state: 'passed',
        reason: 'Nothing serves yet that a new schema could break.',
      } as const;
    }
    const { github } = this.options;
    const candidate = github.locate(commit);
    const stable = github.locate(stableCommit);
    if (!candidate || !stable) {
      return {
        state: 'skipped',
        reason: `The platform names no commit at GitHub of the ${candidate ? 'version that serves' : 'new version'}, so that migrations cannot be compared.`,
      } as const;
    }
    const files = await this.#listChanged(stable, candidate);
    if (!Array.isArray(files)) {
      return {
        state: 'failed',
        reason: files.tooMuch,
        url: candidate.url,
      } as const;
    }
    return judge(files, candidate);
  }

  async #listChanged(
    stable: CommitPlace,
    candidate: CommitPlace,
  ): Promise<MigrationFile[] | { tooMuch: string }> {
    const { trees } = this.options;
    const isSame =
      stable.sha === candidate.sha &&
      stable.owner === candidate.owner &&
      stable.repo === candidate.repo;
    if (isSame) return [];
    const [before, after] = await Promise.all([
      trees.listFiles(stable),
      trees.listFiles(candidate),
    ]);
    const changed = [...after].filter(
      ([path, { blob }]) =>
        isMigration(path) && before.get(path)?.blob !== blob,
    );
    const bytes = changed.reduce(
      (sum, [path, file]) => sum + file.bytes + (before.get(path)?.bytes ?? 0),
      0,
    );
    if (changed.length > MAX_FILES) {
      return {
        tooMuch: `More than ${MAX_FILES} migrations changed since the version that serves. Roll out in smaller steps.`,
      };
    }
    if (bytes > MAX_BYTES) {
      return {
        tooMuch: `The migrations that changed since the version that serves have more than ${MAX_BYTES / 1024} KiB. Keep data out of them, or roll out in smaller steps.`,
      };
    }
    const files: MigrationFile[] = [];
    for (let start = 0; start < changed.length; start += FILES_AT_ONCE) {
      files.push(
        ...(await Promise.all(
          changed
            .slice(start, start + FILES_AT_ONCE)
            .map(async ([path, { blob }]): Promise<MigrationFile> => {
              const previous = before.get(path)?.blob;
              return {
                path,
                text: await trees.readText(candidate, blob),
                previousText:
                  previous && (await trees.readText(stable, previous)),
              };
            }),
        )),
      );
    }
    return files;
  }
}

function judge(files: MigrationFile[], { url, sha }: CommitPlace) {
  if (files.length === 0) {
    return { state: 'passed', reason: 'No migration changed.' } as const;
  }
  const found = findDestructiveStatements(files);
  if (found.length === 0) {
    return {
      state: 'passed',
      reason: `${files.length === 1 ? 'The migration that changed only adds' : `The ${files.length} migrations that changed only add`} to the schema.`,
    } as const;
  }
  const named = found
    .slice(0, MAX_NAMED)
    .map(({ path, line, what }) => `${path}:${line} ${what}`);
  const more =
    found.length > MAX_NAMED ? `, and ${found.length - MAX_NAMED} more` : '';
  const [{ path, line }] = found;
  return {
    state: 'failed',
    reason: `${named.join(', ')}${more}, which the version that serves now may still need while both serve. First release code that does without it, then this.`,
    url: url.replace(
      /\/commit\/[\da-f]+$/,
      `/blob/${sha}/${path.split('/').map(encodeURIComponent).join('/')}#L${line}`,
    ),
  } as const;
}
