import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  ANNOTATION_LOCATION,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { isError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  findNoLongerAnnotated,
  walkAnnotatedEntities,
} from '@forkyard/backend-kit';
import { ANNOTATION_SLO } from '@forkyard/plugin-slo-common';
import type { EntityStore, SloFileOutcome } from '../database/EntityStore';
import { parseOpenSlo } from '../openslo/parseOpenSlo';
import type { SloFileSource } from '../sources/SloFileSource';
import { locateSloFile } from './locateSloFile';
import type { SloAnnouncer } from './SloAnnouncer';

/** Files read in one pass, and at once. */
const BATCH = 200;
const CONCURRENCY = 4;
/** Entities that the catalog left out, asked for one by one in a pass. */
const SINGLE_LOOKS = 100;

/**
 * Finds the entities that have an OpenSLO file, and keeps what their files
 * define. A file that is faulty, missing or cannot be read changes nothing of
 * what is in force.
 */
export class SloFileService {
  constructor(
    private readonly options: {
      entities: EntityStore;
      files: SloFileSource;
      catalog: CatalogService;
      auth: AuthService;
      announcer: Pick<SloAnnouncer, 'announce'>;
      logger: LoggerService;
      fileRefreshSeconds: number;
      githubHost: string;
    },
  ) {}

  /**
   * Follows every entity with the annotation. One that the catalog leaves out
   * is given up only when it definitely answers that the entity or its
   * annotation is gone.
   */
  async discoverEntities(signal?: AbortSignal): Promise<void> {
    const { catalog, auth, entities, announcer } = this.options;
    const lookup = { catalog, auth, annotation: ANNOTATION_SLO };
    const seen = await walkAnnotatedEntities({
      ...lookup,
      signal,
      visit: items => this.#track(items),
    });
    const held = await entities.listEntityRefs();
    const gone = await findNoLongerAnnotated({
      ...lookup,
      entityRefs: held
        .filter(entityRef => !seen.has(entityRef))
        .slice(0, SINGLE_LOOKS),
    });
    const resolved = await entities.untrack(gone, new Date());
    for (const entityRef of gone) {
      await announcer.announce(
        entityRef,
        resolved.filter(alert => alert.entityRef === entityRef),
      );
    }
  }

  /** Follows one entity at once; does nothing while the catalog lacks it. */
  async trackEntity({ entityRef }: { entityRef: string }): Promise<void> {
    const { catalog, auth } = this.options;
    const entity = await catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
    if (entity?.metadata.annotations?.[ANNOTATION_SLO] !== undefined) {
      await this.#track([entity]);
    }
  }

  /** Reads the files that are due. */
  async readDueFiles(signal?: AbortSignal): Promise<void> {
    const due = (await this.options.entities.listDueFiles(BATCH)).values();
    const work = async () => {
      for (const entityRef of due) {
        if (signal?.aborted) return;
        await this.readFile({ entityRef });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  /**
   * Reads the file of an entity now. Throws what kept it from being read; a
   * fault in the file is no error.
   */
  async readFile(request: {
    entityRef: string;
    throws?: boolean;
  }): Promise<void> {
    const { entities, files, logger, fileRefreshSeconds } = this.options;
    const { entityRef } = request;
    const entity = await entities.find(entityRef);
    if (!entity) return;
    const { url, path, etag } = entity.file;
    let outcome: SloFileOutcome;
    let failure: Error | undefined;
    try {
      const content = await files.read({ url, etag });
      outcome =
        'unchanged' in content
          ? { outcome: 'unchanged' }
          : toOutcome(path, content);
    } catch (error) {
      if (!isError(error)) throw error;
      failure = error;
      outcome =
        error.name === 'InputError'
          ? { outcome: 'faulty', problems: [{ path, message: error.message }] }
          : { outcome: 'failed', error: `${path}: ${error.message}` };
      logger.warn(`OpenSLO file of '${entityRef}': ${error.message}`, {
        cause: String(error.cause ?? ''),
      });
    }
    await entities.saveFile(entityRef, {
      ...outcome,
      nextInSeconds: fileRefreshSeconds,
    });
    if (request.throws && failure && outcome.outcome === 'failed') {
      throw failure;
    }
  }

  async #track(items: Entity[]): Promise<void> {
    const { entities, logger, githubHost } = this.options;
    await entities.track(
      items.flatMap(entity => {
        const entityRef = stringifyEntityRef(entity);
        const file = locateSloFile(entity, githubHost);
        if (!file) {
          logger.debug(
            `Entity '${entityRef}' has the annotation '${ANNOTATION_SLO}' and no path in its repository, or neither a URL in '${ANNOTATION_LOCATION}' nor, when it comes from elsewhere, 'github.com/project-slug' to tell where its file is`,
          );
        }
        return file ? [{ entityRef, ...file }] : [];
      }),
    );
  }
}

function toOutcome(
  path: string,
  { text, etag }: { text: string; etag?: string },
): SloFileOutcome {
  const parsed = parseOpenSlo({ path, text });
  return 'problems' in parsed
    ? { outcome: 'faulty', etag, problems: parsed.problems }
    : { outcome: 'read', etag, definitions: parsed.definitions };
}
