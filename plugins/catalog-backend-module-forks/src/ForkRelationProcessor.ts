import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  getCompoundEntityRef,
  stringifyEntityRef,
  type Entity,
} from '@backstage/catalog-model';
import { toError } from '@backstage/errors';
import {
  processingResult,
  type CatalogProcessor,
  type CatalogProcessorEmit,
  type LocationSpec,
} from '@backstage/plugin-catalog-node';
import {
  RELATION_FORK_OF,
  RELATION_HAS_FORK,
} from '@forkyard/plugin-forks-common';
import { findBaseEntity } from './findBaseEntity';

/**
 * Relates a fork and the base application it started from, in both directions.
 *
 * An annotation that cannot be understood costs the relation, not the entity:
 * it is told in the log, and the rest of the entity is kept up to date.
 */
export class ForkRelationProcessor implements CatalogProcessor {
  readonly #logger: LoggerService;

  constructor(options: { logger: LoggerService }) {
    this.#logger = options.logger;
  }

  getProcessorName(): string {
    return 'ForkRelationProcessor';
  }

  async postProcessEntity(
    entity: Entity,
    _location: LocationSpec,
    emit: CatalogProcessorEmit,
  ): Promise<Entity> {
    const fork = getCompoundEntityRef(entity);
    try {
      const base = findBaseEntity(entity);
      if (base && stringifyEntityRef(base) !== stringifyEntityRef(fork)) {
        emit(
          processingResult.relation({
            type: RELATION_FORK_OF,
            source: fork,
            target: base,
          }),
        );
        emit(
          processingResult.relation({
            type: RELATION_HAS_FORK,
            source: base,
            target: fork,
          }),
        );
      }
    } catch (error) {
      this.#logger.warn(
        `Entity '${stringifyEntityRef(fork)}' has no relation to its base application: ${toError(error).message}`,
      );
    }
    return entity;
  }
}
