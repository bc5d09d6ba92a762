import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';

/**
 * Settings of the policy, checked.
 */
export interface PolicyConfig {
  /** Groups and users who may do everything. */
  admins: string[];
  /** The guest, when the guest may do everything. */
  almightyGuest?: string;
}

/** Reads the settings; throws naming the key that is wrong and what to do. */
export function readPolicyConfig(config: Config): PolicyConfig {
  const admins =
    config.getOptionalStringArray('permission.forkyard.admins') ?? [];
  return {
    admins: admins.map(readAdmin),
    almightyGuest: readAlmightyGuest(config),
  };
}

function readAdmin(ref: string): string {
  try {
    return stringifyEntityRef(parseEntityRef(ref));
  } catch {
    throw new InputError(
      `Configuration 'permission.forkyard.admins' names '${ref}', which is no entity reference: write for example 'group:default/platform'.`,
    );
  }
}

/**
 * Guests need no password, so their power is refused where anybody else could
 * reach the portal: outside of development.
 */
function readAlmightyGuest(config: Config): string | undefined {
  const key = 'permission.forkyard.guestMayDoEverything';
  if (!config.getOptionalBoolean(key)) return undefined;
  const environment =
    config.getOptionalString('auth.environment') ?? 'development';
  if (environment !== 'development') {
    throw new InputError(
      `Configuration '${key}' is true while 'auth.environment' is '${environment}': anybody could do everything. Remove it and name your administrators in 'permission.forkyard.admins'.`,
    );
  }
  return (
    config.getOptionalString('auth.providers.guest.userEntityRef') ??
    'user:development/guest'
  );
}
