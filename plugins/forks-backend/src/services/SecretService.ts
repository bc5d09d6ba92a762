import { randomBytes } from 'node:crypto';
import type { BackstageCredentials } from '@backstage/backend-plugin-api';
import { principalRef } from '@forkyard/backend-kit';
import type { ForkRequest } from '@forkyard/plugin-forks-common';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { SealedSecretStore } from '../database/SealedSecretStore';
import type { OpenedSecret } from '../database/tables';
import { StepFailedError } from '../steps/StepFailedError';

/** Time to finish the form. */
const LIFETIME_SECONDS = 3600;

/**
 * Keeps secrets between the form and the provider.
 */
export interface SecretService {
  /** Encrypts a value; only the caller can use the reference, within an hour. */
  sealSecret(
    request: { value: string },
    options: { credentials: BackstageCredentials },
  ): Promise<{ ref: string; expiresAt: string }>;
  /** References among these that the caller cannot use for a new fork. */
  listUnusableRefs(
    request: { refs: string[] },
    options: { credentials: BackstageCredentials },
  ): Promise<string[]>;
  /** Decrypts what is bound to a provisioning, as far as it is still kept. */
  openSecrets(request: {
    provisioningId: string;
    secrets: ForkRequest['secrets'];
  }): Promise<OpenedSecret[]>;
  forgetSecrets(request: { provisioningId: string }): Promise<void>;
  /** Resolves to how many there were. */
  deleteExpiredSecrets(): Promise<number>;
}

/**
 * Seals secrets as JWE with a key that is not in the database.
 *
 * The reference is inside the ciphertext too, so that a row cannot be passed off
 * as another one's by whoever can write to the database.
 */
export class DefaultSecretService implements SecretService {
  readonly #key: Uint8Array;

  constructor(
    private readonly store: SealedSecretStore,
    encryptionKey: Uint8Array,
  ) {
    this.#key = encryptionKey;
  }

  async sealSecret(
    { value }: { value: string },
    { credentials }: { credentials: BackstageCredentials },
  ) {
    const ref = `sealed-${randomBytes(18).toString('base64url')}`;
    const jwe = await new CompactEncrypt(
      new TextEncoder().encode(JSON.stringify({ ref, value })),
    )
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(this.#key);
    const { expiresAt } = await this.store.insertSecret({
      ref,
      jwe,
      ownerRef: principalRef(credentials),
      lifetimeSeconds: LIFETIME_SECONDS,
    });
    return { ref, expiresAt: expiresAt.toISOString() };
  }

  async listUnusableRefs(
    { refs }: { refs: string[] },
    { credentials }: { credentials: BackstageCredentials },
  ): Promise<string[]> {
    if (refs.length === 0) return [];
    const usable = new Set(
      await this.store.listUsableRefs({
        refs,
        ownerRef: principalRef(credentials),
      }),
    );
    return refs.filter(ref => !usable.has(ref));
  }

  async openSecrets(request: {
    provisioningId: string;
    secrets: ForkRequest['secrets'];
  }): Promise<OpenedSecret[]> {
    if (request.secrets.length === 0) return [];
    const sealed = new Map(
      (await this.store.listSecrets(request)).map(({ ref, jwe }) => [ref, jwe]),
    );
    const opened: OpenedSecret[] = [];
    for (const { key, ref, targets } of request.secrets) {
      const jwe = sealed.get(ref);
      if (jwe) {
        opened.push({ key, targets, value: await this.#open(ref, jwe, key) });
      }
    }
    return opened;
  }

  async forgetSecrets(request: { provisioningId: string }): Promise<void> {
    await this.store.deleteSecrets(request);
  }

  async deleteExpiredSecrets(): Promise<number> {
    return this.store.deleteExpired();
  }

  async #open(ref: string, jwe: string, key: string): Promise<string> {
    try {
      const { plaintext } = await compactDecrypt(jwe, this.#key, {
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
      });
      const content = JSON.parse(new TextDecoder().decode(plaintext)) as {
        ref: string;
        value: string;
      };
      if (content.ref === ref) return content.value;
    } catch {
      // Whatever is wrong with it, it says nothing that may be shown.
    }
    throw new StepFailedError({
      message: `Secret '${key}' cannot be decrypted; 'forks.encryptionKey' was changed since it was entered`,
      action: 'Unwind and create the fork again with its secrets',
      retryable: false,
    });
  }
}
