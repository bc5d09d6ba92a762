import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';

/** Names who acts: the user's entity ref, or the service's subject. */
export function principalRef({ principal }: BackstageCredentials): string {
  const { userEntityRef, subject } = principal as {
    userEntityRef?: string;
    subject?: string;
  };
  const ref = userEntityRef ?? subject;
  if (!ref) {
    throw new NotAllowedError('Sign in first: the request names nobody');
  }
  return ref;
}
