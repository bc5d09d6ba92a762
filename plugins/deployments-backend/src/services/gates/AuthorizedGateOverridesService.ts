import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError, NotFoundError } from '@backstage/errors';
import { gateOverridePermission } from '@forkyard/plugin-deployments-common';
import type { EntityAccess } from '../EntityAccess';
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
    const { credentials } = options;
    const [visible] = await this.access.filterVisible([entityRef], credentials);
    if (!visible) {
      throw new NotFoundError(
        `Entity '${entityRef}' does not exist, or you may not see its deployments.`,
      );
    }
    const forbidden = await this.access.listForbidden(
      [entityRef],
      gateOverridePermission,
      credentials,
    );
    if (forbidden.length > 0) {
      throw new NotAllowedError(
        `You may not override the gates of '${entityRef}'. Its owners may.`,
      );
    }
    return this.inner.createOverride(request, options);
  }

  findActive(request: { entityRef: string; environment: string }) {
    return this.inner.findActive(request);
  }
}
