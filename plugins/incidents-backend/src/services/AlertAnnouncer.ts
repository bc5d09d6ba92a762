import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import type { DatabaseChangeFeed } from '@forkyard/backend-kit';
import {
  INCIDENTS_FIRING_CHANNEL,
  INCIDENTS_INCIDENT_TOPIC,
  incidentsSignalChannel,
  type AlertsSummary,
  type IncidentEventPayload,
  type IncidentsSignal,
} from '@forkyard/plugin-incidents-common';
import type { AlertsStore, Announcement } from '../database/AlertsStore';
import type { AlertNotifier } from './AlertNotifier';

/** A notification that takes longer is tried again. */
const TIMEOUT_MS = 10_000;

/**
 * Tells others of changed alerts: backends by events, browsers by signals, the
 * portfolio by its feed, and the owners of the entity by a notification when it
 * begins to fire and when it is over.
 *
 * What is to be told is written in the transaction of the change, so that a
 * crash loses no page; each is told by one replica. A notification that cannot
 * be sent is tried again for an hour. The rest are nudges. An entity with many
 * alerts has its notifications bounded and summed up.
 */
export class AlertAnnouncer {
  #running?: Promise<void>;

  constructor(
    private readonly options: {
      alerts: AlertsStore;
      summaries: DatabaseChangeFeed<AlertsSummary>;
      events: EventsService;
      signals: SignalsService;
      notifier: AlertNotifier;
      logger: LoggerService;
    },
  ) {}

  /** Tells of what is due, in the background. */
  nudge(): void {
    this.announceDue().catch(error =>
      this.options.logger.warn(`Could not tell of alerts: ${error}`),
    );
  }

  /** Tells of everything that is due. */
  async announceDue(): Promise<void> {
    if (this.#running) {
      // It may have missed what became due meanwhile; its successor does not.
      await this.#running.catch(() => {});
    }
    this.#running ??= this.#announceAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Brings the feed in line with the alerts, after a lost update. */
  async refreshSummaries(): Promise<void> {
    const { alerts, summaries } = this.options;
    await summaries.put(await alerts.summarize());
  }

  async #announceAll(): Promise<void> {
    const tell = (announcement: Announcement) => this.#tell(announcement);
    while (await this.options.alerts.announceNext(tell));
    const { notifier } = this.options;
    while (
      await notifier.sumUpNext(send =>
        this.#attempt('sum up what was held back', send),
      )
    );
  }

  async #tell(announcement: Announcement): Promise<boolean> {
    const { alerts, events, notifier, summaries } = this.options;
    const { change, alert } = announcement;
    const { entityRef } = alert;
    // Who hears of the event reads the feed.
    if (entityRef) {
      await this.#attempt('put the summary', async () =>
        summaries.put(await alerts.summarize([entityRef])),
      );
    }
    const eventPayload: IncidentEventPayload = { change, alert };
    await this.#attempt('publish an event', () =>
      events.publish({ topic: INCIDENTS_INCIDENT_TOPIC, eventPayload }),
    );
    await this.#signal(INCIDENTS_FIRING_CHANNEL, {});
    if (!entityRef) return true;
    const signal: IncidentsSignal = { entityRef, alertId: alert.id };
    await this.#signal(incidentsSignalChannel(entityRef), signal);
    if (change === 'acknowledged') return true;
    return this.#attempt('notify the owners', () =>
      notifier.notify({ ...announcement, change, entityRef }),
    );
  }

  async #signal(
    channel: string,
    message: IncidentsSignal | Record<string, never>,
  ): Promise<void> {
    await this.#attempt('send a signal', () =>
      this.options.signals.publish({
        recipients: { type: 'broadcast' },
        channel,
        message,
      }),
    );
  }

  async #attempt(what: string, run: () => Promise<void>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
        TIMEOUT_MS,
      );
    });
    try {
      await Promise.race([run(), timeout]);
      return true;
    } catch (error) {
      this.options.logger.warn(`Could not ${what} about an alert: ${error}`);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}
