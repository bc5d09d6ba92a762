import type {
  AuditorService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { principalRef } from '@forkyard/backend-kit';
import type { StepId } from '@forkyard/plugin-forks-common';
import type {
  ProvisionForkRequest,
  ProvisioningService,
} from './ProvisioningService';

type Options = { credentials: BackstageCredentials };

/**
 * Writes an audit event for every change that somebody asks for, by whatever way
 * in: REST, scaffolder or MCP. Refusals are written too.
 */
export class AuditedProvisioningService implements ProvisioningService {
  constructor(
    private readonly inner: ProvisioningService,
    private readonly auditor: AuditorService,
  ) {}

  async provisionFork(request: ProvisionForkRequest, options: Options) {
    const { name, owner, baseApplication } = request.request;
    return this.#audit(
      'provisioning-create',
      { forkName: name, owner, baseApplication },
      options,
      () => this.inner.provisionFork(request, options),
      ({ provisioning }) => provisioning.id,
    );
  }

  async advanceProvisioning(
    request: { id: string; through: StepId },
    options: Options,
  ) {
    return this.#audit(
      'provisioning-advance',
      request,
      options,
      () => this.inner.advanceProvisioning(request, options),
      ({ id }) => id,
    );
  }

  async resumeProvisioning(request: { id: string }, options: Options) {
    return this.#audit(
      'provisioning-resume',
      request,
      options,
      () => this.inner.resumeProvisioning(request, options),
      ({ id }) => id,
    );
  }

  async unwindProvisioning(request: { id: string }, options: Options) {
    return this.#audit(
      'provisioning-unwind',
      request,
      options,
      () => this.inner.unwindProvisioning(request, options),
      ({ id }) => id,
    );
  }

  getProvisioning: ProvisioningService['getProvisioning'] = (...call) =>
    this.inner.getProvisioning(...call);

  listProvisionings: ProvisioningService['listProvisionings'] = (...call) =>
    this.inner.listProvisionings(...call);

  getProvisioningLog: ProvisioningService['getProvisioningLog'] = (...call) =>
    this.inner.getProvisioningLog(...call);

  async #audit<T>(
    eventId: string,
    meta: Record<string, string>,
    { credentials }: Options,
    change: () => Promise<T>,
    getId: (result: T) => string,
  ): Promise<T> {
    const event = await this.auditor.createEvent({
      eventId,
      severityLevel: 'medium',
      meta: { ...meta, actor: principalRef(credentials) },
    });
    try {
      const result = await change();
      await event.success({ meta: { provisioningId: getId(result) } });
      return result;
    } catch (error) {
      await event.fail({ error: error as Error });
      throw error;
    }
  }
}
