import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import {
  readGatesOptions,
  type GatesOptions,
} from './services/gates/readGatesOptions';
import type { RolloutsConfig } from './services/rollouts/createRollouts';

/**
 * Settings of this plugin, checked.
 */
export interface DeploymentsConfig {
  /** Seconds between two looks at a project where nothing is happening. */
  reconcileSeconds: number;
  /** Seconds between two looks at a `forkyard.yaml`. */
  deliveryRefreshSeconds: number;
  rollouts: RolloutsConfig;
  gates: GatesOptions;
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readDeploymentsConfig(config: Config): DeploymentsConfig {
  const read = (name: string, low: number, high: number, otherwise: number) => {
    const key = `deployments.${name}`;
    const value = config.getOptionalNumber(key) ?? otherwise;
    if (!(value >= low && value <= high)) {
      throw new InputError(
        `Configuration '${key}' is ${value}: set it to a number from ${low} to ${high}, or leave it out for ${otherwise}.`,
      );
    }
    return value;
  };
  return {
    reconcileSeconds: read('reconcileSeconds', 5, 3600, 30),
    deliveryRefreshSeconds: read('delivery.refreshSeconds', 15, 86_400, 300),
    rollouts: {
      tickSeconds: read('rollouts.tickSeconds', 1, 60, 5),
      moveMinutes: read('rollouts.moveMinutes', 1, 120, 10),
      heldNoticeMinutes: read('rollouts.heldNoticeMinutes', 1, 1440, 30),
      pointsDays: read('rollouts.pointsDays', 1, 3650, 30),
    },
    gates: readGatesOptions(config),
  };
}
