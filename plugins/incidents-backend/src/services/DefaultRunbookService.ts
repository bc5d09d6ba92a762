import { createHash } from 'node:crypto';
import type { AuthService } from '@backstage/backend-plugin-api';
import {
  assertError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type {
  EntityRunbooks,
  Runbook,
} from '@forkyard/plugin-incidents-common';
import type {
  RunbookFile,
  RunbookFolder,
  RunbookFoldersStore,
} from '../database/RunbookFoldersStore';
import { parseRunbook } from '../runbooks/parseRunbook';
import type { RunbookSource } from '../sources/RunbookSource';
import { locateRunbooks, type RunbookLocation } from './runbookLocation';
import type { RunbookService } from './RunbookService';

/** How often people can have a repository read, which costs its quota. */
const REFRESH_SECONDS = 10;

/**
 * Reads runbooks from the repositories and keeps what was read, so that they are
 * there in the incident in which the repository is not.
 *
 * A folder that suddenly has no runbooks is not believed: what was read before
 * stays, and says so.
 */
export class DefaultRunbookService implements RunbookService {
  readonly #reading = new Map<string, Promise<RunbookFolder>>();

  constructor(
    private readonly options: {
      folders: RunbookFoldersStore;
      runbookSource: RunbookSource;
      catalog: CatalogService;
      auth: AuthService;
      runbookRefreshSeconds: number;
    },
  ) {}

  async listRunbooks(request: {
    entityRef: string;
    refresh?: boolean;
  }): Promise<EntityRunbooks> {
    const held = await this.#folder(request);
    return {
      entityRef: request.entityRef,
      folder: held.folder,
      items: held.files.map(file => {
        const { title, steps, problems } = parseRunbook(file);
        return {
          path: file.path,
          title,
          steps: steps.length,
          problems: problems.length,
          hash: hashOf(file),
        };
      }),
      leftOut: held.leftOut,
      asOf: held.readAt?.toISOString(),
      staleReason: held.lastError,
    };
  }

  async getRunbook(request: {
    entityRef: string;
    path: string;
  }): Promise<Runbook> {
    const held = await this.#folder(request);
    const file = held.files.find(({ path }) => path === request.path);
    if (!held.readAt) {
      throw new ServiceUnavailableError(
        held.lastError ??
          `The runbooks of '${request.entityRef}' were not read.`,
      );
    }
    if (!file) {
      throw new NotFoundError(
        `There is no runbook '${request.path}' in '${held.folder}' of '${request.entityRef}', as of ${held.readAt.toISOString()}. Choose one of its list.`,
      );
    }
    return {
      entityRef: request.entityRef,
      path: file.path,
      markdown: file.markdown,
      ...parseRunbook(file),
      hash: hashOf(file),
      sha: /^[0-9a-f]{40}$/.test(held.etag ?? '') ? held.etag : undefined,
      asOf: held.readAt.toISOString(),
      staleReason: held.lastError,
    };
  }

  async #folder(request: {
    entityRef: string;
    refresh?: boolean;
  }): Promise<RunbookFolder> {
    const { folders, runbookRefreshSeconds } = this.options;
    const held = await folders.find(request.entityRef);
    const now = await folders.now();
    const maxAgeSeconds = request.refresh
      ? Math.min(REFRESH_SECONDS, runbookRefreshSeconds)
      : runbookRefreshSeconds;
    const isFresh =
      held && now.getTime() - held.triedAt.getTime() < maxAgeSeconds * 1000;
    if (isFresh) return held;
    const { entityRef } = request;
    const running = this.#reading.get(entityRef);
    if (running) return running;
    const reading = this.#read(entityRef, held, now).finally(() =>
      this.#reading.delete(entityRef),
    );
    this.#reading.set(entityRef, reading);
    return reading;
  }

  async #read(
    entityRef: string,
    held: RunbookFolder | undefined,
    triedAt: Date,
  ): Promise<RunbookFolder> {
    const { folders, runbookSource } = this.options;
    const place = await this.#locate(entityRef);
    const known = held?.location === place.location ? held : undefined;
    let folder: RunbookFolder;
    try {
      const read = await runbookSource.readFolder({
        ...place,
        etag: known?.etag,
      });
      folder = merge(entityRef, place, known, read, triedAt);
    } catch (error) {
      assertError(error);
      folder = {
        files: [],
        leftOut: [],
        ...known,
        ...place,
        entityRef,
        triedAt,
        lastError: error.message,
      };
    }
    await folders.put(folder);
    return folder;
  }

  async #locate(entityRef: string): Promise<RunbookLocation> {
    const { catalog, auth } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (!entity) {
      throw new NotFoundError(`Entity '${entityRef}' is not in the catalog.`);
    }
    return locateRunbooks(entity);
  }
}

type Read = Awaited<ReturnType<RunbookSource['readFolder']>>;

function merge(
  entityRef: string,
  place: RunbookLocation,
  known: RunbookFolder | undefined,
  read: Read,
  triedAt: Date,
): RunbookFolder {
  const common = { ...place, entityRef, triedAt };
  if (known && !read) {
    return { ...known, ...common, readAt: triedAt, lastError: undefined };
  }
  if (known && known.files.length > 0 && read?.files.length === 0) {
    return {
      ...known,
      ...common,
      lastError: `There is no runbook in '${place.folder}' any more; what was read before is kept. If that is right, point the annotation to another folder.`,
    };
  }
  return {
    ...common,
    files: read?.files ?? [],
    leftOut: read?.leftOut ?? [],
    etag: read?.etag,
    readAt: triedAt,
  };
}

function hashOf(file: RunbookFile): string {
  return createHash('sha256').update(file.markdown).digest('hex');
}
