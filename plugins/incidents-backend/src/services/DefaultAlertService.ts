import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import { stringifyEntityRef } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import {
  decodeCursor,
  encodeCursor,
  principalRef,
  type DatabaseChangeFeed,
} from '@forkyard/backend-kit';
import type {
  Alert,
  AlertDetails,
  AlertsSummary,
  ListAlertsRequest,
} from '@forkyard/plugin-incidents-common';
import { z } from 'zod';
import type { AlertPosition, AlertsStore } from '../database/AlertsStore';
import type { TimelineStore } from '../database/TimelineStore';
import type { AlertAnnouncer } from './AlertAnnouncer';
import type { AlertService } from './AlertService';
import type { CallOptions } from './RunbookService';

const positionSchema = z.tuple([z.iso.datetime(), z.uuid()]);
/** Of so many entities an owner's alerts can be listed. */
const MAX_OWNED = 5000;

/** Shows alerts and takes what people decide about them. */
export class DefaultAlertService implements AlertService {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      timeline: TimelineStore;
      summaries: DatabaseChangeFeed<AlertsSummary>;
      announcer: AlertAnnouncer;
      catalog: CatalogService;
    },
  ) {}

  async listAlerts(
    request: ListAlertsRequest,
    options: CallOptions,
  ): Promise<{ items: Alert[]; nextCursor?: string }> {
    const limit = request.limit ?? 25;
    const found = await this.options.alerts.list({
      entityRefs: await this.#entityRefs(request, options),
      states: request.states,
      severity: request.severity,
      unassigned: request.unassigned,
      after: request.cursor ? readPosition(request.cursor) : undefined,
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items,
      nextCursor:
        last && found.length > limit
          ? encodeCursor([last.startsAt, last.id])
          : undefined,
    };
  }

  async getAlert({ id }: { id: string }): Promise<AlertDetails> {
    const alert = await this.options.alerts.find(id);
    if (!alert) throw new NotFoundError(`Alert '${id}' does not exist.`);
    return {
      ...alert,
      timeline: await this.options.timeline.list({ alertId: id }),
    };
  }

  async acknowledgeAlert(
    request: { id: string },
    { credentials }: CallOptions,
  ): Promise<AlertDetails> {
    const by = principalRef(credentials);
    const changed = await this.options.alerts.acknowledge(request.id, by);
    const alert = await this.getAlert(request);
    if (!changed && alert.state === 'resolved') {
      throw new ConflictError(
        `Alert '${alert.title}' cannot be acknowledged: it was resolved at ${alert.endsAt}.`,
      );
    }
    this.options.announcer.nudge();
    return alert;
  }

  async resolveAlert(
    request: { id: string; comment: string },
    { credentials }: CallOptions,
  ): Promise<AlertDetails> {
    const by = principalRef(credentials);
    const { id, comment } = request;
    const changed = await this.options.alerts.resolve(id, by, comment);
    const alert = await this.getAlert(request);
    if (!changed) {
      throw new ConflictError(
        `Alert '${alert.title}' was resolved already at ${alert.endsAt}.`,
      );
    }
    this.options.announcer.nudge();
    return alert;
  }

  async listSummaries(request: { cursor?: string; limit?: number }) {
    return this.options.summaries.list({
      cursor: request.cursor,
      limit: request.limit ?? 100,
    });
  }

  async #entityRefs(
    request: ListAlertsRequest,
    { credentials }: CallOptions,
  ): Promise<string[] | undefined> {
    const { entityRef, owners } = request;
    if (!owners?.length) return entityRef ? [entityRef] : undefined;
    const { items } = await this.options.catalog.getEntities(
      {
        filter: { 'relations.ownedBy': owners },
        fields: ['kind', 'metadata.namespace', 'metadata.name'],
        limit: MAX_OWNED + 1,
      },
      { credentials },
    );
    if (items.length > MAX_OWNED) {
      throw new InputError(
        `The owners have more than ${MAX_OWNED} entities: name fewer of them.`,
      );
    }
    const owned = items.map(entity => stringifyEntityRef(entity));
    return entityRef ? owned.filter(ref => ref === entityRef) : owned;
  }
}

function readPosition(cursor: string): AlertPosition {
  const [startsAt, id] = decodeCursor(positionSchema, cursor);
  return { startsAt: new Date(startsAt), id };
}
