import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import {
  forkCreatePermission,
  type ForkRequest,
} from '@forkyard/plugin-forks-common';
import type { ForkAuthorizer } from './ForkAuthorizer';
import type { PlanService } from './PlanService';

type Options = { credentials: BackstageCredentials };

/**
 * Lets those check a plan who may create a fork.
 */
export class AuthorizedPlanService implements PlanService {
  constructor(
    private readonly inner: PlanService,
    private readonly authorizer: ForkAuthorizer,
  ) {}

  async checkPlan(request: ForkRequest, options: Options) {
    await this.#ensureAllowed(options);
    return this.inner.checkPlan(request, options);
  }

  async ensurePlan(request: ForkRequest, options: Options) {
    await this.#ensureAllowed(options);
    return this.inner.ensurePlan(request, options);
  }

  async #ensureAllowed(options: Options): Promise<void> {
    await this.authorizer.ensureAllowed(
      forkCreatePermission,
      'create forks',
      options,
    );
  }
}
