import type { LoggerService } from '@backstage/backend-plugin-api';
import { parseEntityRef } from '@backstage/catalog-model';
import type { EventsService } from '@backstage/plugin-events-node';
import type { NotificationService } from '@backstage/plugin-notifications-node';
import type { SignalsService } from '@backstage/plugin-signals-node';
import {
  SECURITY_FINDINGS_FINDING_TOPIC,
  securityFindingsSignalChannel,
  type FindingEventPayload,
  type SecurityFindingsSignal,
} from '@forkyard/plugin-security-findings-common';
import type { HeldFinding } from '../database/FindingsStore';
import type { SummaryService } from './SummaryService';

/** Findings that a notification names. */
const NAMED = 3;

/** What changed about the findings of an entity. */
export interface FindingsChange {
  entityRef: string;
  opened: HeldFinding[];
  closed: number;
  /** Whether nobody knows yet; who takes a waiver back does. */
  isNews: boolean;
}

/**
 * Tells others what changed: other backends by the feed and an event, browsers
 * by a signal, the owners of a critical finding by a notification.
 *
 * Each is a nudge, and failing to tell is logged. The feed is brought up to
 * date again by a job.
 */
export class FindingsAnnouncer {
  constructor(
    private readonly options: {
      summaries: SummaryService;
      events: EventsService;
      signals: SignalsService;
      notifications: NotificationService;
      logger: LoggerService;
    },
  ) {}

  async announce(change: FindingsChange): Promise<void> {
    const { entityRef, opened, closed } = change;
    const [summary] = await this.options.summaries.update([entityRef]);
    if (opened.length === 0 && closed === 0) return;
    const counts = { entityRef, opened: opened.length, closed };
    await this.#attempt('publish an event', () => {
      const { openCritical, openHigh, openTotal } = summary;
      const eventPayload: FindingEventPayload = {
        ...counts,
        openCritical,
        openHigh,
        openTotal,
      };
      return this.options.events.publish({
        topic: SECURITY_FINDINGS_FINDING_TOPIC,
        eventPayload,
      });
    });
    await this.#attempt('send a signal', () =>
      this.options.signals.publish<SecurityFindingsSignal>({
        recipients: { type: 'broadcast' },
        channel: securityFindingsSignalChannel(entityRef),
        message: counts,
      }),
    );
    const criticals = opened.filter(({ severity }) => severity === 'critical');
    if (change.isNews && criticals.length > 0) {
      await this.#attempt('notify the owners', () =>
        this.#notifyOwners(entityRef, criticals),
      );
    }
  }

  async #notifyOwners(
    entityRef: string,
    criticals: HeldFinding[],
  ): Promise<void> {
    const { kind, namespace, name } = parseEntityRef(entityRef);
    const count = criticals.length;
    const more = count > NAMED ? [`and ${count - NAMED} more`] : [];
    await this.options.notifications.send({
      recipients: { type: 'entity', entityRef },
      payload: {
        title:
          count === 1
            ? `Critical finding in ${name}`
            : `${count} critical findings in ${name}`,
        description: [
          ...criticals.slice(0, NAMED).map(({ title }) => title),
          ...more,
        ].join('; '),
        link: `/catalog/${namespace}/${kind}/${name}/security`.toLowerCase(),
        severity: 'critical',
        topic: 'security-findings',
        scope: `security-findings:${entityRef}`,
      },
    });
  }

  async #attempt(what: string, run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.options.logger.warn(`Could not ${what} about findings: ${error}`);
    }
  }
}
