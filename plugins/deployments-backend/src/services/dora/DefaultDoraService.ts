import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import {
  bucketDelivery,
  doraPeriod,
  summarizeDelivery,
  type DoraDays,
  type DoraReport,
  type DoraScope,
  type GetDoraReportRequest,
  type ListDeliveryChangesRequest,
} from '@forkyard/plugin-deployments-common';
import { z } from 'zod';
import type { DeliveryStore } from '../../database/dora/DeliveryStore';
import type { DeliveryHistory } from './DeliveryHistory';
import type { DoraService, DoraServiceOptions } from './DoraService';

const DEFAULT_DAYS: DoraDays = 30;
const DEFAULT_LIMIT = 25;
const CATALOG_PAGE = 500;

/** Beyond that a page of a team is none any more. */
const MOST_ENTITIES = 5_000;

/** 500 forks that each deploy once a day, twice 90 days long. */
const MOST_DEPLOYMENTS = 100_000;

const positionSchema = z.tuple([
  z.iso.datetime(),
  z.string().regex(/^(live|rollout):[\da-f-]{1,40}$/),
]);

/**
 * Answers from the history of what had production's traffic. Who may know is
 * decided elsewhere.
 */
export class DefaultDoraService implements DoraService {
  constructor(
    private readonly options: {
      delivery: DeliveryStore;
      history: Pick<DeliveryHistory, 'refresh'>;
      catalog: CatalogService;
    },
  ) {}

  async listEntities(
    scope: DoraScope,
    options: DoraServiceOptions,
  ): Promise<string[]> {
    const { entityRef, ownerRef, systemRef } = scope;
    if (entityRef) return [entityRef];
    const related = ownerRef
      ? await this.#listRelated('relations.ownedBy', ownerRef, options)
      : await this.#listRelated('relations.partOf', systemRef!, options);
    return this.options.delivery.listDelivering(related);
  }

  async getReport(
    request: GetDoraReportRequest & { entityRefs?: string[] },
    options: DoraServiceOptions,
  ): Promise<DoraReport> {
    const { entityRef, ownerRef, systemRef, days = DEFAULT_DAYS } = request;
    const { delivery, history } = this.options;
    const entityRefs =
      request.entityRefs ?? (await this.listEntities(request, options));
    await history.refresh(entityRefs);
    const known = await delivery.getKnownHistory(entityRefs);
    const period = doraPeriod(known.now, days);
    const facts = await delivery.listFacts({
      entityRefs,
      from: period.previousFrom,
      limit: MOST_DEPLOYMENTS,
    });
    if (facts.length > MOST_DEPLOYMENTS) {
      throw new InputError(
        `There were more than ${MOST_DEPLOYMENTS} deployments in twice ${days} days, too many to sum up. Ask for a shorter period, or for a smaller team or system.`,
      );
    }
    const bucketDays = days > 30 ? 7 : 1;
    const { knownSince } = known;
    return {
      scope: { entityRef, ownerRef, systemRef },
      days,
      from: period.from.toISOString(),
      to: period.to.toISOString(),
      entities: known.entities,
      knownSince: knownSince?.toISOString(),
      asOf: known.asOf?.toISOString(),
      metrics: summarizeDelivery(facts, { period, knownSince }),
      bucketDays,
      buckets: bucketDelivery(facts, { period, bucketDays, knownSince }),
    };
  }

  async listChanges(
    request: ListDeliveryChangesRequest & { entityRefs?: string[] },
    options: DoraServiceOptions,
  ) {
    const { days = DEFAULT_DAYS, metric, limit = DEFAULT_LIMIT } = request;
    const { delivery, history } = this.options;
    const position = request.cursor
      ? decodeCursor(positionSchema, request.cursor)
      : undefined;
    const entityRefs =
      request.entityRefs ?? (await this.listEntities(request, options));
    await history.refresh(entityRefs);
    const { now } = await delivery.getKnownHistory([]);
    const found = await delivery.listChanges({
      entityRefs,
      from: doraPeriod(now, days).from,
      metric,
      after: position && { at: position[0], id: position[1] },
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.at, last.id])
          : undefined,
    };
  }

  /** Asks as whoever asks, so that only what they may see is found. */
  async #listRelated(
    relation: string,
    targetRef: string,
    { credentials }: DoraServiceOptions,
  ): Promise<string[]> {
    const { catalog } = this.options;
    if (!(await catalog.getEntityByRef(targetRef, { credentials }))) {
      throw new NotFoundError(
        `'${targetRef}' does not exist, or you may not see it.`,
      );
    }
    const related: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await catalog.queryEntities(
        cursor
          ? { cursor, limit: CATALOG_PAGE }
          : {
              filter: { [relation]: targetRef },
              fields: ['kind', 'metadata.name', 'metadata.namespace'],
              limit: CATALOG_PAGE,
            },
        { credentials },
      );
      related.push(...page.items.map(entity => stringifyEntityRef(entity)));
      cursor = page.pageInfo.nextCursor;
      if (related.length + (cursor ? 1 : 0) > MOST_ENTITIES) {
        throw new InputError(
          `'${targetRef}' has more than ${MOST_ENTITIES} entities, too many to sum up. Ask for the groups or systems below it.`,
        );
      }
    } while (cursor);
    return related;
  }
}
