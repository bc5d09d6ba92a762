import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/**
 * Settings of this plugin, checked.
 */
export interface CostConfig {
  /** Seconds between two looks at the charges of the last days. */
  refreshSeconds: number;
  /** Months before the running one that are read once. */
  backfillMonths: number;
  /** US dollars by which a day must exceed the usual to be unusual. */
  leastAnomalyUsd: string;
  /** Services whose consumed quantity is the requests that were served. */
  requestServices: string[];
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readCostConfig(config: Config): CostConfig {
  return {
    refreshSeconds: readNumber(config, 'cost.refreshSeconds', {
      least: 10,
      most: 86_400,
      normally: 3600,
    }),
    backfillMonths: readNumber(config, 'cost.backfillMonths', {
      least: 0,
      most: 13,
      normally: 13,
    }),
    leastAnomalyUsd: readLeastAnomalyUsd(config),
    requestServices: readRequestServices(config),
  };
}

function readNumber(
  config: Config,
  key: string,
  bounds: { least: number; most: number; normally: number },
): number {
  const { least, most, normally } = bounds;
  const value = config.getOptionalNumber(key) ?? normally;
  if (!(Number.isInteger(value) && value >= least && value <= most)) {
    throw new InputError(
      `Configuration '${key}' is ${value}: set it to a whole number from ${least} to ${most}, or leave it out for ${normally}.`,
    );
  }
  return value;
}

function readLeastAnomalyUsd(config: Config): string {
  const key = 'cost.leastAnomalyUsd';
  const value = config.getOptionalNumber(key) ?? 1;
  if (!(value >= 0.01 && value <= 1_000_000)) {
    throw new InputError(
      `Configuration '${key}' is ${value}: set it to an amount in US dollars from 0.01 to 1000000, or leave it out for 1.`,
    );
  }
  return String(value);
}

function readRequestServices(config: Config): string[] {
  const key = 'cost.requestServices';
  const services = config.getOptionalStringArray(key) ?? ['Edge Requests'];
  if (services.length === 0) {
    throw new InputError(
      `Configuration '${key}' is empty: name the services that count requests, or leave it out for 'Edge Requests'.`,
    );
  }
  return services;
}
