import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { forkCreatePermission } from '@forkyard/plugin-forks-common';
import type { ForkAuthorizer } from './ForkAuthorizer';
import type { SecretService } from './SecretService';

/** What callers from outside may do with secrets: put them in, never get them. */
export type SecretSealer = Pick<SecretService, 'sealSecret'>;

/**
 * Lets those seal secrets who may create a fork.
 */
export class AuthorizedSecretService implements SecretSealer {
  constructor(
    private readonly inner: SecretSealer,
    private readonly authorizer: ForkAuthorizer,
  ) {}

  async sealSecret(
    request: { value: string },
    options: { credentials: BackstageCredentials },
  ) {
    await this.authorizer.ensureAllowed(
      forkCreatePermission,
      'seal secrets',
      options,
    );
    return this.inner.sealSecret(request, options);
  }
}
