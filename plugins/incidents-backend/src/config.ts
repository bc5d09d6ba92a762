import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { OwnRequests } from '@forkyard/backend-kit';

/** Settings of this plugin, checked. */
export interface IncidentsConfig {
  /** Seconds between two questions to the slo plugin. */
  reconcileSeconds: number;
  /** For how many seconds runbooks that were read are shown without a look. */
  runbookRefreshSeconds: number;
  /** How many notifications of single alerts an entity gets in any hour. */
  notificationsPerHour: number;
  /** Absent when no Alertmanager sends anything. */
  alertmanagerToken?: string;
  ownRequests: OwnRequests;
}

/** A token that can be guessed lets anybody make up alerts. */
const TOKEN_LENGTH = 16;

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readIncidentsConfig(config: Config): IncidentsConfig {
  const alertmanagerToken = config.getOptionalString(
    'incidents.alertmanager.token',
  );
  if (
    alertmanagerToken !== undefined &&
    (alertmanagerToken.length < TOKEN_LENGTH || /\s/.test(alertmanagerToken))
  ) {
    throw new InputError(
      `Configuration 'incidents.alertmanager.token' is shorter than ${TOKEN_LENGTH} characters or has spaces in it: set it to a random string such as 'openssl rand -hex 32' gives, or leave it out to take no alerts of Alertmanager.`,
    );
  }
  return {
    reconcileSeconds: readSeconds(config, 'incidents.reconcileSeconds', 15),
    runbookRefreshSeconds: readSeconds(
      config,
      'incidents.runbooks.refreshSeconds',
      60,
    ),
    notificationsPerHour: readNotificationsPerHour(config),
    alertmanagerToken,
    ownRequests: OwnRequests.fromConfig(config),
  };
}

function readNotificationsPerHour(config: Config): number {
  const key = 'incidents.notifications.perEntityAndHour';
  const count = config.getOptionalNumber(key) ?? 20;
  if (!(Number.isInteger(count) && count >= 2 && count <= 1000)) {
    throw new InputError(
      `Configuration '${key}' is ${count}: set it to a whole number from 2 to 1000, or leave it out for 20.`,
    );
  }
  return count;
}

function readSeconds(config: Config, key: string, normal: number): number {
  const seconds = config.getOptionalNumber(key) ?? normal;
  if (!(seconds >= 5 && seconds <= 3600)) {
    throw new InputError(
      `Configuration '${key}' is ${seconds}: set it to a number from 5 to 3600, or leave it out for ${normal}.`,
    );
  }
  return seconds;
}
