import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  SLO_ALERT_TOPIC,
  sloSignalChannel,
  type SloAlert,
  type SloAlertEventPayload,
  type SloSignal,
} from '@forkyard/plugin-slo-common';

/**
 * Tells others what changed: backends by events, browsers by signals.
 *
 * Each is a nudge. Whoever misses one finds the same facts in the tables, so a
 * failure to tell is logged and fails nothing.
 */
export class SloAnnouncer {
  constructor(
    private readonly options: {
      events: EventsService;
      signals: SignalsService;
      logger: LoggerService;
    },
  ) {}

  /** Tells that an entity was evaluated, and which alerts began or ended. */
  async announce(entityRef: string, alerts: SloAlert[]): Promise<void> {
    const { events, signals } = this.options;
    for (const alert of alerts) {
      const eventPayload: SloAlertEventPayload = alert;
      await this.#attempt(() =>
        events.publish({ topic: SLO_ALERT_TOPIC, eventPayload }),
      );
    }
    await this.#attempt(() =>
      signals.publish<SloSignal>({
        recipients: { type: 'broadcast' },
        channel: sloSignalChannel(entityRef),
        message: { entityRef },
      }),
    );
  }

  async #attempt(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.options.logger.warn(`Could not tell of an SLO: ${error}`);
    }
  }
}
