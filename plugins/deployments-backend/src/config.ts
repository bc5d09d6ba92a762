import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/**
 * Settings of this plugin, checked.
 */
export interface DeploymentsConfig {
  /** Seconds between two looks at a project where nothing is happening. */
  reconcileSeconds: number;
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readDeploymentsConfig(config: Config): DeploymentsConfig {
  const reconcileSeconds =
    config.getOptionalNumber('deployments.reconcileSeconds') ?? 30;
  if (!(reconcileSeconds >= 5 && reconcileSeconds <= 3600)) {
    throw new InputError(
      `Configuration 'deployments.reconcileSeconds' is ${reconcileSeconds}: set it to a number from 5 to 3600, or leave it out for 30.`,
    );
  }
  return { reconcileSeconds };
}
