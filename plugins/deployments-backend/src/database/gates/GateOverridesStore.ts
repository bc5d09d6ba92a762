import type { GateOverride } from '@forkyard/plugin-deployments-common';

/**
 * Holds who broke the glass, for good.
 */
export interface GateOverridesStore {
  insert(override: {
    entityRef: string;
    environment: string;
    reason: string;
    createdBy: string;
    minutes: number;
  }): Promise<GateOverride>;
  /** The one in force that ends last. */
  findActive(request: {
    entityRef: string;
    environment: string;
  }): Promise<GateOverride | undefined>;
}
