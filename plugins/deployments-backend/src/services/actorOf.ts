import type { BackstageCredentials } from '@backstage/backend-plugin-api';

/** Names who asks: a user's entity ref, or a service. */
export function actorOf(credentials: BackstageCredentials): string {
  const principal = credentials.principal as {
    type?: string;
    userEntityRef?: string;
    subject?: string;
  };
  return principal.userEntityRef ?? `service:${principal.subject ?? 'unknown'}`;
}
