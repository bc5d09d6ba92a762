import type { LoggerService } from '@backstage/backend-plugin-api';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  FORKS_FORK_TOPIC,
  FORKS_SIGNAL_CHANNEL,
  provisioningSignalChannel,
  type Fork,
  type ForkEventPayload,
  type ForksSignal,
  type ProvisioningSignal,
} from '@forkyard/plugin-forks-common';
import type { ProvisioningRecord } from '../database/ProvisioningStore';

/**
 * Tells the world of changes. Nothing depends on being told: what fails here is
 * logged, and never the reason why a fork is not made.
 */
export interface ForkAnnouncer {
  /** Pages that show the provisioning look again. */
  announceProgress(signal: ProvisioningSignal): void;
  /** Pages that list forks look again. */
  announceStatus(signal: ForksSignal): void;
  announceFork(kind: ForkEventPayload['kind'], fork: Fork): void;
  /** Tells the person who asked for the fork how it went. */
  notifyCreator(
    provisioning: ProvisioningRecord,
    message: { title: string; description: string; failed: boolean },
  ): void;
}

/**
 * Announces through Backstage's signals, events and notifications.
 */
export class DefaultForkAnnouncer implements ForkAnnouncer {
  constructor(
    private readonly options: {
      signals: SignalsService;
      events: EventsService;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  announceProgress(message: ProvisioningSignal): void {
    this.#attempt('signal', () =>
      this.options.signals.publish({
        recipients: { type: 'broadcast' },
        channel: provisioningSignalChannel(message.provisioningId),
        message,
      }),
    );
  }

  announceStatus(message: ForksSignal): void {
    this.#attempt('signal', () =>
      this.options.signals.publish({
        recipients: { type: 'broadcast' },
        channel: FORKS_SIGNAL_CHANNEL,
        message,
      }),
    );
  }

  announceFork(kind: ForkEventPayload['kind'], fork: Fork): void {
    const eventPayload: ForkEventPayload = {
      kind,
      forkName: fork.name,
      entityRef: fork.entityRef,
      projectId: fork.projectId,
    };
    this.#attempt('event', () =>
      this.options.events.publish({ topic: FORKS_FORK_TOPIC, eventPayload }),
    );
    this.announceStatus({ forkName: fork.name, status: fork.status });
  }

  notifyCreator(
    provisioning: ProvisioningRecord,
    message: { title: string; description: string; failed: boolean },
  ): void {
    // A service that created a fork has no inbox.
    if (!provisioning.createdBy.startsWith('user:')) return;
    this.#attempt('notification', () =>
      this.options.notifications.send({
        recipients: { type: 'entity', entityRef: provisioning.createdBy },
        payload: {
          title: message.title,
          description: message.description,
          link: `/forks/provisionings/${provisioning.id}`,
          severity: message.failed ? 'high' : 'normal',
          topic: 'forks',
          scope: `forks.provisioning.${provisioning.id}`,
        },
      }),
    );
  }

  #attempt(what: string, publish: () => Promise<void>): void {
    const attempt = async () => {
      try {
        await publish();
      } catch (error) {
        this.options.logger.warn(
          `A ${what} about forks was not sent: ${error}`,
        );
      }
    };
    void attempt();
  }
}
