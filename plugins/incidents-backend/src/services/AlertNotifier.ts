import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import { RELATION_OWNED_BY } from '@backstage/catalog-model';
import type { CatalogService } from '@backstage/plugin-catalog-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { AlertsStore, Announcement } from '../database/AlertsStore';
import type {
  NotificationLimitsStore,
  NotificationRequest,
  Withheld,
} from '../database/NotificationLimitsStore';
import {
  describeAlert,
  describeWithheld,
  type NotificationPayload,
} from './alertNotifications';

/** Of Backstage's module for Slack: a channel of an entity. */
const SLACK_CHANNEL = 'slack.com/bot-notify';

/**
 * Notifies the owners of an entity of its alerts, one by one up to a limit in
 * any hour, and of the rest in sum. The last quarter of the limit is kept for
 * pages that begin.
 *
 * The module for Slack posts to the channel of a recipient before anybody else
 * is told, and goes on trying for half an hour. So the owners are told first,
 * and the channel of the entity by a second call that nothing waits for.
 */
export class AlertNotifier {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      limits: NotificationLimitsStore;
      notifications: NotificationService;
      notificationsPerHour: number;
      catalog: CatalogService;
      auth: AuthService;
      logger: LoggerService;
    },
  ) {}

  /** Tells the owners of a change, unless it is held back. */
  async notify(
    announcement: Omit<Announcement, 'change'> &
      Pick<NotificationRequest, 'change' | 'entityRef'>,
  ): Promise<void> {
    const { change, alert, entityRef, leaseId } = announcement;
    const { severity } = alert;
    const { notificationsPerHour: limit } = this.options;
    const isUrgent = change === 'fired' && severity === 'page';
    const decision = await this.options.limits.decide({
      alertId: alert.id,
      leaseId,
      entityRef,
      change,
      severity,
      allowance: isUrgent ? limit : limit - Math.floor(limit / 4),
    });
    if (decision === 'send') {
      await this.#send(entityRef, describeAlert(change, alert, entityRef));
    }
  }

  /** Tells of what was held back at one entity; gives false when none is due. */
  async sumUpNext(
    attempt: (send: () => Promise<void>) => Promise<boolean>,
  ): Promise<boolean> {
    return this.options.limits.tellNext(withheld =>
      attempt(() => this.#sendSum(withheld)),
    );
  }

  async #sendSum(withheld: Withheld): Promise<void> {
    const { alerts, notificationsPerHour: perHour } = this.options;
    const { entityRef } = withheld;
    const [summary] = await alerts.summarize([entityRef]);
    await this.#send(
      entityRef,
      describeWithheld(withheld, { summary, perHour }),
    );
  }

  async #send(entityRef: string, payload: NotificationPayload): Promise<void> {
    const { notifications, logger } = this.options;
    const { owners, hasChannel } = await this.#lookUp(entityRef);
    if (owners.length === 0) {
      await notifications.send({
        recipients: { type: 'entity', entityRef },
        payload,
      });
      return;
    }
    await notifications.send({
      recipients: { type: 'entity', entityRef: owners },
      payload,
    });
    if (!hasChannel) return;
    notifications
      .send({
        recipients: { type: 'entity', entityRef, excludeEntityRef: owners },
        payload,
      })
      .catch(error =>
        logger.warn(`The channel of '${entityRef}' was not told: ${error}`),
      );
  }

  /** Who owns the entity, and whether it names a channel of its own. */
  async #lookUp(entityRef: string) {
    const { catalog, auth, logger } = this.options;
    try {
      const entity = await catalog.getEntityByRef(entityRef, {
        credentials: await auth.getOwnServiceCredentials(),
      });
      return {
        owners: (entity?.relations ?? [])
          .filter(({ type }) => type === RELATION_OWNED_BY)
          .map(({ targetRef }) => targetRef),
        hasChannel: Boolean(entity?.metadata.annotations?.[SLACK_CHANNEL]),
      };
    } catch (error) {
      logger.warn(`Cannot ask who owns '${entityRef}': ${error}`);
      return { owners: [], hasChannel: false };
    }
  }
}
