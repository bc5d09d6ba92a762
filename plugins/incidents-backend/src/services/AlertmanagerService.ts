import { createHash, timingSafeEqual } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyEntityRef, type Entity } from '@backstage/catalog-model';
import {
  AuthenticationError,
  InputError,
  NotFoundError,
} from '@backstage/errors';
import { parse } from '@forkyard/backend-kit';
import type { AlertObservation, AlertsStore } from '../database/AlertsStore';
import type { AlertAnnouncer } from './AlertAnnouncer';
import type { AlertAssigner } from './AlertAssigner';
import {
  alertSchema,
  webhookSchema,
  type AlertmanagerAlert,
} from './alertmanagerSchemas';
import { findRunbookPath } from './runbookLocation';

/**
 * Takes the webhook of Prometheus's Alertmanager, version 4.
 *
 * Format: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export class AlertmanagerService {
  constructor(
    private readonly options: {
      alerts: AlertsStore;
      assigner: AlertAssigner;
      announcer: AlertAnnouncer;
      logger: LoggerService;
      alertmanagerToken?: string;
    },
  ) {}

  /**
   * Throws `AuthenticationError` unless the header carries our token. Digests
   * are compared, so that the time tells neither a part of it nor its length.
   */
  assertToken(authorization: string | undefined): void {
    const { alertmanagerToken } = this.options;
    if (!alertmanagerToken) {
      throw new NotFoundError(
        "Alerts of Alertmanager are not taken: set 'incidents.alertmanager.token'.",
      );
    }
    const given = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1] ?? '';
    if (!timingSafeEqual(digest(given), digest(alertmanagerToken))) {
      throw new AuthenticationError(
        "The bearer token is not that of 'incidents.alertmanager.token'.",
      );
    }
  }

  /**
   * Takes a group of alerts in. One that makes no sense does not keep the
   * others out; throws `InputError` when none does.
   */
  async receive(rawBody: Buffer): Promise<{ taken: number; refused: number }> {
    const { alerts, assigner, announcer, logger } = this.options;
    const askedAt = await alerts.now();
    const group = parse(webhookSchema, parseJson(rawBody));
    const valid: AlertmanagerAlert[] = [];
    const faults: string[] = [];
    for (const [index, given] of group.alerts.entries()) {
      const result = alertSchema.safeParse(given);
      if (result.success) valid.push(result.data);
      else {
        const [issue] = result.error.issues;
        faults.push(
          `alerts.${index}.${issue.path.join('.')}: ${issue.message}`,
        );
      }
    }
    if (faults.length > 0) {
      if (valid.length === 0) throw new InputError(faults[0]);
      logger.warn(
        `Alertmanager sent ${faults.length} alerts that make no sense, first: ${faults[0]}`,
      );
    }
    const entities = await assigner.assign(valid.map(({ labels }) => labels));
    await alerts.observe(
      lastOfEach(
        valid.map((alert, index) => toObservation(alert, entities[index])),
      ),
      askedAt,
    );
    announcer.nudge();
    return { taken: valid.length, refused: faults.length };
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw new InputError('The webhook has a body that is no JSON.');
  }
}

function toObservation(
  alert: AlertmanagerAlert,
  entity: Entity | undefined,
): AlertObservation {
  const { labels, annotations, status } = alert;
  const named = annotations.runbook_url ?? annotations.runbook;
  return {
    source: 'alertmanager',
    fingerprint: alert.fingerprint ?? fingerprintOf(labels),
    startsAt: alert.startsAt,
    endsAt: status === 'resolved' ? (alert.endsAt ?? new Date()) : undefined,
    entityRef: entity && stringifyEntityRef(entity),
    title: (labels.alertname ?? 'Alert').slice(0, 200),
    summary: (
      annotations.summary ??
      annotations.description ??
      annotations.message ??
      ''
    ).slice(0, 2000),
    severity: severityOf(labels.severity),
    runbook: named ? findRunbookPath(named, entity) : undefined,
    labels,
    url: alert.generatorURL,
  };
}

/** Waits for the morning only what says so; the rest had better wake somebody. */
function severityOf(label: string | undefined): 'page' | 'ticket' {
  return /^(ticket|warn|warning|info|informational|none|low|minor|notice)$/i.test(
    label ?? '',
  )
    ? 'ticket'
    : 'page';
}

/** Stands in for Alertmanager's own, which is a hash of the labels too. */
function fingerprintOf(labels: Record<string, string>): string {
  const sorted = Object.entries(labels).sort(([one], [other]) =>
    one < other ? -1 : 1,
  );
  return digest(JSON.stringify(sorted)).toString('hex').slice(0, 16);
}

/** A group that names an alert twice means the latter. */
function lastOfEach(observations: AlertObservation[]): AlertObservation[] {
  const byKey = new Map(
    observations.map(observation => [
      `${observation.fingerprint} ${observation.startsAt.getTime()}`,
      observation,
    ]),
  );
  return [...byKey.values()];
}
