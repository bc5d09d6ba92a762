import type {
  AuditorService,
  BackstageCredentials,
} from '@backstage/backend-plugin-api';
import { principalRef } from '@forkyard/backend-kit';
import type { SecretSealer } from './AuthorizedSecretService';

/**
 * Writes an audit event for every secret that is sealed, without its value.
 */
export class AuditedSecretService implements SecretSealer {
  constructor(
    private readonly inner: SecretSealer,
    private readonly auditor: AuditorService,
  ) {}

  async sealSecret(
    request: { value: string },
    options: { credentials: BackstageCredentials },
  ) {
    const event = await this.auditor.createEvent({
      eventId: 'secret-seal',
      severityLevel: 'medium',
      meta: { actor: principalRef(options.credentials) },
    });
    try {
      const sealed = await this.inner.sealSecret(request, options);
      await event.success({ meta: { ref: sealed.ref } });
      return sealed;
    } catch (error) {
      await event.fail({ error: error as Error });
      throw error;
    }
  }
}
