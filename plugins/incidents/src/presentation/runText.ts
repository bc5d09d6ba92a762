import type {
  RunbookRun,
  RunbookVersion,
} from '@forkyard/plugin-incidents-common';

/** A piece of a sentence, with the version when it names one. */
export interface TextPiece {
  text: string;
  version?: RunbookVersion;
}

/** Entity refs as backends write them into their sentences. */
const ENTITY_REF =
  /\b(?:api|component|domain|group|resource|system|user):[\w.-]+\/([\w.-]*\w)/gi;

/** Gives every version that a run has met, the newest words for it last. */
export function versionsOf(run: RunbookRun): RunbookVersion[] {
  return run.steps.flatMap(({ output }) => output.versions ?? []);
}

/**
 * Cuts a sentence where it names a version. Ids of versions become their names,
 * and entity refs the names of the entities.
 */
export function cutText(text: string, versions: RunbookVersion[]): TextPiece[] {
  const named = new Map<string, RunbookVersion>();
  for (const version of versions) {
    named.set(version.deploymentId, version);
    named.set(version.name, version);
  }
  const words = [...named.keys()]
    // A longer one may begin with a shorter one.
    .sort((one, other) => other.length - one.length)
    .map(word => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const cut =
    words.length > 0 ? text.split(new RegExp(`(${words.join('|')})`)) : [text];
  return cut
    .filter(piece => piece !== '')
    .map(piece => {
      const version = named.get(piece);
      return version
        ? { text: version.name, version }
        : { text: piece.replace(ENTITY_REF, '$1') };
    });
}
