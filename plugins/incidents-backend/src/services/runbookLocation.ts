import {
  ANNOTATION_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { InputError } from '@backstage/errors';
import {
  ANNOTATION_RUNBOOKS,
  DEFAULT_RUNBOOKS_FOLDER,
} from '@forkyard/plugin-incidents-common';

/** Where the runbooks of an entity are. */
export interface RunbookLocation {
  /** URL of the folder. */
  location: string;
  /** Its path below the folder of the entity's catalog file. */
  folder: string;
}

/** A path that stays below where it begins, whoever resolves it. */
const SAFE_PATH = /^(?!\.{1,2}(\/|$))[\w.-]+(\/(?!\.{1,2}(\/|$))[\w.-]+)*$/;

/** Tells whether a path leads only downwards and needs no escaping. */
export function isSafePath(path: string): boolean {
  return path.length <= 300 && SAFE_PATH.test(path);
}

/** Finds where an entity keeps its runbooks; throws `InputError` when nowhere. */
export function locateRunbooks(entity: Entity): RunbookLocation {
  const folder = (
    entity.metadata.annotations?.[ANNOTATION_RUNBOOKS] ??
    DEFAULT_RUNBOOKS_FOLDER
  ).replace(/\/$/, '');
  if (!isSafePath(folder)) {
    throw new InputError(
      `Annotation '${ANNOTATION_RUNBOOKS}' of '${stringifyEntityRef(entity)}' is '${folder}': set it to a folder of the repository such as '${DEFAULT_RUNBOOKS_FOLDER}'.`,
    );
  }
  const source = findSource(entity);
  if (!source) {
    throw new InputError(
      `'${stringifyEntityRef(entity)}' was not read from a repository, so that it has no runbooks: register it by the URL of its catalog-info.yaml.`,
    );
  }
  return { location: new URL(`${folder}/`, source).toString(), folder };
}

/**
 * Finds the path of a runbook that an alert names: a path as it is, or the URL
 * of a file in the entity's own repository. Any other is not followed.
 */
export function findRunbookPath(
  named: string,
  entity: Entity | undefined,
): string | undefined {
  if (isSafePath(named)) return named;
  const source = entity && findSource(entity);
  if (!source) return undefined;
  const url = URL.parse(named);
  const root = URL.parse(source);
  if (!url || !root || url.origin !== root.origin) return undefined;
  const path = toTree(url.pathname);
  const below = path.startsWith(root.pathname)
    ? path.slice(root.pathname.length)
    : '';
  return isSafePath(below) ? below : undefined;
}

/**
 * Gives the folder of the catalog file. The catalog forces this annotation on
 * what it reads, unlike that of the source, which a file may set to any
 * repository that the portal's token can read.
 */
function findSource(entity: Entity): string | undefined {
  const location = entity.metadata.annotations?.[ANNOTATION_LOCATION] ?? '';
  const file = URL.parse(location.replace(/^url:/, ''));
  if (!location.startsWith('url:') || !/^https?:$/.test(file?.protocol ?? '')) {
    return undefined;
  }
  const folder = new URL('./', file!);
  folder.pathname = toTree(folder.pathname);
  return folder.toString();
}

/** Names folders as files are: GitHub shows files under blob, folders under tree. */
function toTree(path: string): string {
  return path.replace(/^(\/[^/]+\/[^/]+)\/blob\//, '$1/tree/');
}
