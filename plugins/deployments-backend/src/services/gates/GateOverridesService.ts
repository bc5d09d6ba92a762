import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import type { GateOverride } from '@forkyard/plugin-deployments-common';

/** Break-glass of an environment, with an end. */
export interface OverrideRequest {
  entityRef: string;
  environment: string;
  reason: string;
  /** 1 to 240. */
  minutes: number;
}

/**
 * Lets people break the glass: for a while, freeze and error budget of an
 * environment stop nothing.
 */
export interface GateOverridesService {
  createOverride(
    request: OverrideRequest,
    options: { credentials: BackstageCredentials },
  ): Promise<GateOverride>;
  /** The one in force that ends last; for the backend itself. */
  findActive(request: {
    entityRef: string;
    environment: string;
  }): Promise<GateOverride | undefined>;
}
