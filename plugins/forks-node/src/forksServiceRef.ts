import {
  coreServices,
  createServiceFactory,
  createServiceRef,
  type AuthService,
  type BackstageCredentials,
} from '@backstage/backend-plugin-api';
import {
  ForksClient,
  type Fork,
  type ForkPlan,
  type ForkRequestInput,
  type ForksApi,
  type ListForksRequest,
  type Page,
  type Provisioning,
  type ProvisioningLogLine,
  type StepId,
} from '@forkyard/plugin-forks-common';

/** @public */
export interface ForksServiceOptions {
  /** On whose behalf the call is made. */
  credentials: BackstageCredentials;
  signal?: AbortSignal;
}

/**
 * What other backend plugins may ask of forks-backend.
 *
 * Errors are those of {@link @forkyard/plugin-forks-common#ForksApi}.
 *
 * @public
 */
export interface ForksService {
  checkPlan(
    request: ForkRequestInput,
    options: ForksServiceOptions,
  ): Promise<ForkPlan>;
  /** Creates the fork, or gives the provisioning that already does. */
  provisionFork(
    request: {
      request: ForkRequestInput;
      through?: StepId;
      idempotencyKey?: string;
    },
    options: ForksServiceOptions,
  ): Promise<Provisioning>;
  getProvisioning(
    request: { id: string },
    options: ForksServiceOptions,
  ): Promise<Provisioning>;
  advanceProvisioning(
    request: { id: string; through: StepId },
    options: ForksServiceOptions,
  ): Promise<Provisioning>;
  /** Runs a failed provisioning on from the step at which it stopped. */
  resumeProvisioning(
    request: { id: string },
    options: ForksServiceOptions,
  ): Promise<Provisioning>;
  getProvisioningLog(
    request: { id: string; after?: number },
    options: ForksServiceOptions,
  ): Promise<{ items: ProvisioningLogLine[] }>;
  getFork(
    request: { name: string },
    options: ForksServiceOptions,
  ): Promise<Fork>;
  listForks(
    request: ListForksRequest,
    options: ForksServiceOptions,
  ): Promise<Page<Fork>>;
}

class DefaultForksService implements ForksService {
  constructor(
    private readonly client: ForksApi,
    private readonly auth: AuthService,
  ) {}

  async checkPlan(request: ForkRequestInput, options: ForksServiceOptions) {
    return this.client.checkPlan(request, await this.#withToken(options));
  }

  async provisionFork(
    request: Parameters<ForksService['provisionFork']>[0],
    options: ForksServiceOptions,
  ) {
    return this.client.createProvisioning(
      request,
      await this.#withToken(options),
    );
  }

  async getProvisioning(request: { id: string }, options: ForksServiceOptions) {
    return this.client.getProvisioning(request, await this.#withToken(options));
  }

  async advanceProvisioning(
    request: { id: string; through: StepId },
    options: ForksServiceOptions,
  ) {
    return this.client.advanceProvisioning(
      request,
      await this.#withToken(options),
    );
  }

  async resumeProvisioning(
    request: { id: string },
    options: ForksServiceOptions,
  ) {
    return this.client.resumeProvisioning(
      request,
      await this.#withToken(options),
    );
  }

  async getProvisioningLog(
    request: { id: string; after?: number },
    options: ForksServiceOptions,
  ) {
    return this.client.getProvisioningLog(
      request,
      await this.#withToken(options),
    );
  }

  async getFork(request: { name: string }, options: ForksServiceOptions) {
    return this.client.getFork(request, await this.#withToken(options));
  }

  async listForks(request: ListForksRequest, options: ForksServiceOptions) {
    return this.client.listForks(request, await this.#withToken(options));
  }

  async #withToken({ credentials, signal }: ForksServiceOptions) {
    const { token } = await this.auth.getPluginRequestToken({
      onBehalfOf: credentials,
      targetPluginId: 'forks',
    });
    return { token, signal };
  }
}

/**
 * The forks plugin, for other backend plugins and modules.
 *
 * @public
 */
export const forksServiceRef = createServiceRef<ForksService>({
  id: 'forks.forks',
  defaultFactory: async service =>
    createServiceFactory({
      service,
      deps: { discovery: coreServices.discovery, auth: coreServices.auth },
      factory: ({ discovery, auth }) =>
        new DefaultForksService(
          new ForksClient({ discoveryApi: discovery }),
          auth,
        ),
    }),
});
