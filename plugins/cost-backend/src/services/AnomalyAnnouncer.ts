import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  anomalySentence,
  COST_ANOMALY_TOPIC,
  costSignalChannel,
  type CostAnomalyEventPayload,
} from '@forkyard/plugin-cost-common';
import type { AnomaliesStore, UntoldAnomaly } from '../database/AnomaliesStore';
import { addDays } from './calendar';

/** A day older than this is no news for the owners. */
const NEWS_DAYS = 2;
const MOST_AT_ONCE = 1000;

/**
 * Tells others of days that cost unusually much: backends by an event, browsers
 * by a signal, and the owners of the entity by a notification.
 *
 * Of days in a row the owners hear of the first, and of one that corrections
 * took back when they had heard of it. Each is told at least once: what fails is
 * tried again when the charges are read next. A notification that fails until
 * its day is no news is given up.
 */
export class AnomalyAnnouncer {
  constructor(
    private readonly options: {
      anomalies: Pick<AnomaliesStore, 'listUntold' | 'markTold'>;
      events: EventsService;
      signals: SignalsService;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  async announceDue(today: string): Promise<void> {
    const { anomalies, logger } = this.options;
    for (const anomaly of await anomalies.listUntold(MOST_AT_ONCE)) {
      try {
        const isNotified = await this.#tell(anomaly, today);
        await anomalies.markTold(anomaly, { isNotified });
      } catch (error) {
        logger.warn(
          `Could not tell of the unusual cost of '${anomaly.entityRef}', which is tried again: ${error}`,
        );
      }
    }
  }

  /** Gives whether the owners know of it. */
  async #tell(anomaly: UntoldAnomaly, today: string): Promise<boolean> {
    const { events, signals, notifications } = this.options;
    const { change, entityRef, day, amount, usual } = anomaly;
    const concernsOwners =
      change === 'withdrawn'
        ? anomaly.isNotified
        : !anomaly.goesOn && day >= addDays(today, -NEWS_DAYS);
    // First, since it alone is worth another try.
    if (concernsOwners) {
      await notifications.send({
        recipients: { type: 'entity', entityRef },
        payload: toPayload(anomaly),
      });
    }
    const eventPayload: CostAnomalyEventPayload = {
      change,
      entityRef,
      currency: 'USD',
      day,
      amount,
      usual,
    };
    await events.publish({ topic: COST_ANOMALY_TOPIC, eventPayload });
    await signals.publish({
      recipients: { type: 'broadcast' },
      channel: costSignalChannel(entityRef),
      message: {},
    });
    return concernsOwners;
  }
}

function toPayload(anomaly: UntoldAnomaly) {
  const { change, entityRef, day } = anomaly;
  const { kind, namespace, name } = parseEntityRef(entityRef);
  const isOver = change === 'withdrawn';
  return {
    title: isOver
      ? `Cost of ${name} on ${day} was corrected`
      : `Unusual cost of ${name}`,
    description: isOver
      ? 'With its charges as they are now, the day is not unusual.'
      : anomalySentence(anomaly),
    link: `/catalog/${namespace}/${kind}/${name}/cost`.toLowerCase(),
    severity: isOver ? ('low' as const) : ('high' as const),
    topic: 'cost',
    // One notification a day, which its correction replaces.
    scope: `cost:anomaly:${entityRef}:${day}`,
  };
}
