import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import type { Entity } from '@backstage/catalog-model';
import { isError, ServiceUnavailableError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { findSourceUrl } from '@forkyard/backend-kit';
import type {
  DeliveryFile,
  DeliveryFileOutcome,
  DeliveryFileStore,
} from '../../database/delivery/DeliveryFileStore';
import type { DeliveryFileSource } from './DeliveryFileSource';
import { parseDeliveryFile } from './parseDeliveryFile';

/** Beside the file that describes the entity. */
const DELIVERY_FILE = 'forkyard.yaml';

/** Files read in one pass, and at once. */
const BATCH = 200;
const CONCURRENCY = 4;
/** After a failure, which is soon over or lasts. */
const RETRY_SECONDS = 15;

/**
 * Keeps what the delivery files of entities say. A file that is faulty or
 * cannot be read changes nothing of what is in force.
 */
export class DeliveryFileReader {
  constructor(
    private readonly options: {
      store: DeliveryFileStore;
      files: DeliveryFileSource;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
      refreshSeconds: number;
    },
  ) {}

  /** Reads the files that are due, of the entities that are followed now. */
  async readDueFiles(signal?: AbortSignal): Promise<void> {
    const { store } = this.options;
    await store.followTracked();
    const due = (await store.listDue(BATCH)).values();
    const work = async () => {
      for (const entityRef of due) {
        if (signal?.aborted) return;
        await this.readFile({ entityRef });
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  /** Has the file read at the next occasion, if it is followed. */
  async requestRead(entityRef: string): Promise<void> {
    await this.options.store.requestRead(entityRef);
  }

  /** Reads the file of an entity now, and tells how that ended. */
  async readFile(request: { entityRef: string }): Promise<DeliveryFileOutcome> {
    const { store, logger, refreshSeconds } = this.options;
    const { entityRef } = request;
    const held = await store.begin({
      entityRef,
      nextInSeconds: refreshSeconds,
    });
    const outcome = await this.#read(held).catch(
      (error: unknown): DeliveryFileOutcome => {
        if (!isError(error)) throw error;
        logger.warn(
          `${DELIVERY_FILE} of '${entityRef}' could not be read: ${error.message}`,
          { cause: String(error.cause ?? '') },
        );
        return {
          outcome: 'failed',
          error: `${DELIVERY_FILE} could not be read: ${error.message}`,
          retryInSeconds: Math.min(RETRY_SECONDS, refreshSeconds),
        };
      },
    );
    await store.save(held, outcome);
    return outcome;
  }

  async #read(held: DeliveryFile): Promise<DeliveryFileOutcome> {
    const { files } = this.options;
    const place = locate(await this.#findEntity(held.entityRef));
    if (!place) return { outcome: 'absent' };
    const { url, catalogUrl } = place;
    try {
      const etag = url === held.url ? held.etag : undefined;
      const content = await files.read({ url, etag });
      if ('unchanged' in content) return { outcome: 'unchanged' };
      const { text, etag: read } = content;
      const parsed = parseDeliveryFile(text);
      return 'plans' in parsed
        ? { outcome: 'read', url, etag: read, ...parsed }
        : { outcome: 'faulty', url, etag: read, ...parsed };
    } catch (error) {
      if (!isError(error)) throw error;
      if (error.name === 'InputError') {
        const problems = [{ message: error.message }];
        return { outcome: 'faulty', url, problems };
      }
      if (error.name !== 'NotFoundError') throw error;
      // A repository that may not be read any more looks empty, too.
      if (await files.exists({ url: catalogUrl })) return { outcome: 'absent' };
      throw new ServiceUnavailableError(
        'The repository has neither it nor the catalog file any more, or may not be read; it is tried again',
      );
    }
  }

  async #findEntity(entityRef: string): Promise<Entity | undefined> {
    const { catalog, auth } = this.options;
    return catalog.getEntityByRef(entityRef, {
      credentials: await auth.getOwnServiceCredentials(),
    });
  }
}

/**
 * Finds where the file is. Files are read with the portal's token, so that only
 * what the catalog itself says of the entity's origin counts.
 */
function locate(
  entity: Entity | undefined,
): { url: string; catalogUrl: string } | undefined {
  const catalogUrl = entity && findSourceUrl(entity);
  const url = catalogUrl && URL.parse(DELIVERY_FILE, catalogUrl)?.href;
  return url ? { url, catalogUrl } : undefined;
}
