import { hkdfSync } from 'node:crypto';
import { InputError } from '@backstage/errors';
import { CompactEncrypt, compactDecrypt } from 'jose';

/**
 * Seals secrets as JWE under a key derived from the installation's.
 */
export class SecretBox {
  readonly #key: Uint8Array;

  /**
   * @param options - `encryptionKey` is 32 bytes in base64; `configKey` is where
   * it was read, for the error; `purpose` keeps this use of the key apart from
   * every other, and may not change once something is sealed.
   */
  constructor(options: {
    encryptionKey: string;
    configKey: string;
    purpose: string;
  }) {
    const key = Buffer.from(options.encryptionKey, 'base64');
    if (key.length !== 32) {
      throw new InputError(
        `Configuration '${options.configKey}' holds ${key.length} bytes: set it to 32 random bytes in base64, for example the output of 'openssl rand -base64 32'.`,
      );
    }
    this.#key = new Uint8Array(
      hkdfSync('sha256', key, '', options.purpose, 32),
    );
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
