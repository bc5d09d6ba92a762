import { hkdfSync } from 'node:crypto';
import { InputError } from '@backstage/errors';
import { CompactEncrypt, compactDecrypt } from 'jose';

/** Keeps this use of the installation's key apart from every other. */
const PURPOSE = 'forkyard slo drain secret';

/**
 * Seals secrets as JWE under a key derived from the installation's.
 */
export class SecretBox {
  readonly #key: Uint8Array;

  /** Takes 32 bytes in base64. */
  constructor(encryptionKey: string) {
    const key = Buffer.from(encryptionKey, 'base64');
    if (key.length !== 32) {
      throw new InputError(
        `Configuration 'slo.encryptionKey' holds ${key.length} bytes: set it to 32 random bytes in base64, for example the output of 'openssl rand -base64 32'.`,
      );
    }
    this.#key = new Uint8Array(hkdfSync('sha256', key, '', PURPOSE, 32));
  }

  async seal(secret: string): Promise<string> {
    return new CompactEncrypt(new TextEncoder().encode(secret))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(this.#key);
  }

  /** Undefined for what another key has sealed. */
  async open(sealed: string): Promise<string | undefined> {
    try {
      const { plaintext } = await compactDecrypt(sealed, this.#key);
      return new TextDecoder().decode(plaintext);
    } catch {
      return undefined;
    }
  }
}
