import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { principalRef } from '@forkyard/backend-kit';

/** Names who asks: a user's entity ref, or a service and that it is one. */
export function actorOf(credentials: BackstageCredentials): string {
  const { principal } = credentials as {
    principal: { userEntityRef?: string };
  };
  return principal.userEntityRef ?? `service:${principalRef(credentials)}`;
}
