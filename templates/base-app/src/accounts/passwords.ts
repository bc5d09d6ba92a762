import { hash, verify } from '@node-rs/argon2';

// Argon2id with the library's defaults, which are OWASP's: 19 MiB, 2 passes.

export function hashPassword(password: string): Promise<string> {
  return hash(password);
}

let decoy: Promise<string> | undefined;

/**
 * Compares a password with its hash, and takes as long when there is no hash, so
 * that the time does not tell which addresses have an account.
 */
export async function verifyPassword(
  password: string,
  passwordHash: string | undefined,
): Promise<boolean> {
  decoy ??= hashPassword('no account has this password');
  const matches = await verify(passwordHash ?? (await decoy), password);
  return matches && passwordHash !== undefined;
}
