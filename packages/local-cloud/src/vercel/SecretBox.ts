import {
  createCipheriv,
  createDecipheriv,
  randomBytes,
  type CipherGCM,
  type DecipherGCM,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals values that are kept on disk, with a key of its own beside them. */
export class SecretBox {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  /** Reads the key file, or makes it at the first start. */
  static open(file: string): SecretBox {
    if (!existsSync(file)) {
      writeFileSync(file, randomBytes(32).toString('base64'), {
        mode: 0o600,
        flag: 'wx',
      });
    }
    const key = Buffer.from(readFileSync(file, 'utf8'), 'base64');
    if (key.length !== 32) {
      throw new Error(
        `${file} does not hold a key of 32 bytes. Put the right one back, or reset the data folder.`,
      );
    }
    return new SecretBox(key);
  }

  seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher: CipherGCM = createCipheriv(ALGORITHM, this.#key, iv);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
  }

  open(sealed: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const decipher: DecipherGCM = createDecipheriv(
      ALGORITHM,
      this.#key,
      bytes.subarray(0, IV_BYTES),
    );
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([
      decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)),
      decipher.final(),
    ]).toString('utf8');
  }
}
