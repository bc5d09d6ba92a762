import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { gateOverridePermission } from '@forkyard/plugin-deployments-common';
import type { EntityAccess } from './EntityAccess';
import type {
  GateOverridesService,
  OverrideRequest,
} from './GateOverridesService';

/** Asks for permission before the glass is broken. */
export class AuthorizedGateOverridesService implements GateOverridesService {
  constructor(
    private readonly inner: GateOverridesService,
    private readonly access: EntityAccess,
  ) {}

  async createOverride(
    request: OverrideRequest,
    options: { credentials: BackstageCredentials },
  ) {
    const { entityRef } = request;
    await this.access.assertAllowed(
      {
        entityRef,
        permission: gateOverridePermission,
        hidden: `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
        refused: `You may not override the gates of '${entityRef}'. Its owners may.`,
      },
      options,
    );
    return this.inner.createOverride(request, options);
  }

  findActive(request: { entityRef: string; environment: string }) {
    return this.inner.findActive(request);
  }
}
