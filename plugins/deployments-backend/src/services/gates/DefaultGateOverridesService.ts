import type {
  AuthService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type { GateOverride } from '@forkyard/plugin-deployments-common';
import type { GateOverridesStore } from '../../database/gates/GateOverridesStore';
import type { GateNotifier } from './GateNotifier';
import type {
  GateOverridesService,
  OverrideRequest,
} from './GateOverridesService';

/** Keeps who broke the glass and why, and tells the owners. */
export class DefaultGateOverridesService implements GateOverridesService {
  constructor(
    private readonly options: {
      overrides: GateOverridesStore;
      notifier: GateNotifier;
      auth: AuthService;
    },
  ) {}

  async createOverride(
    request: OverrideRequest,
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<GateOverride> {
    const { overrides, notifier, auth } = this.options;
    if (!auth.isPrincipal(credentials, 'user')) {
      throw new NotAllowedError(
        `Gates of '${request.entityRef}' can be overridden by people only: sign in as a user.`,
      );
    }
    const override = await overrides.insert({
      ...request,
      createdBy: credentials.principal.userEntityRef,
    });
    await notifier.tellOverride(override);
    return override;
  }

  findActive(request: { entityRef: string; environment: string }) {
    return this.options.overrides.findActive(request);
  }
}
