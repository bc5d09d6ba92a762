import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';

/**
 * Names who makes a request: the user's entity ref, or the service's subject.
 */
export function principalRef(credentials: BackstageCredentials): string {
  const principal = credentials.principal as {
    userEntityRef?: string;
    subject?: string;
  };
  const ref = principal.userEntityRef ?? principal.subject;
  if (!ref) {
    throw new NotAllowedError('Sign in first: the request names nobody');
  }
  return ref;
}
