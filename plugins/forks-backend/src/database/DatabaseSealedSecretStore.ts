import type { Knex } from 'knex';
import type { SealedSecret, SealedSecretStore } from './SealedSecretStore';
import { SEALED_SECRETS_TABLE, type DbSealedSecretRow } from './tables';

/**
 * Keeps encrypted secrets in PostgreSQL. The key is not in the database.
 */
export class DatabaseSealedSecretStore implements SealedSecretStore {
  constructor(private readonly knex: Knex) {}

  async insertSecret(
    secret: SealedSecret & { ownerRef: string; lifetimeSeconds: number },
  ): Promise<{ expiresAt: Date }> {
    const [row] = await this.#secrets()
      .insert({
        ref: secret.ref,
        jwe: secret.jwe,
        owner_ref: secret.ownerRef,
        expires_at: this.knex.raw('now() + make_interval(secs => ?)', [
          secret.lifetimeSeconds,
        ]) as unknown as Date,
      })
      .returning('expires_at');
    return { expiresAt: row.expires_at };
  }

  async listUsableRefs(request: { refs: string[]; ownerRef: string }) {
    const rows = await this.#secrets()
      .select('ref')
      .whereIn('ref', request.refs)
      .where({ owner_ref: request.ownerRef })
      .whereNull('provisioning_id')
      .where('expires_at', '>', this.knex.fn.now());
    return rows.map(row => row.ref);
  }

  async listSecrets(request: { provisioningId: string }) {
    return this.#secrets()
      .select('ref', 'jwe')
      .where({ provisioning_id: request.provisioningId })
      .where('expires_at', '>', this.knex.fn.now());
  }

  async deleteSecrets(request: { provisioningId: string }): Promise<void> {
    await this.#secrets()
      .where({ provisioning_id: request.provisioningId })
      .delete();
  }

  async deleteExpired(): Promise<number> {
    return this.#secrets()
      .where('expires_at', '<=', this.knex.fn.now())
      .delete();
  }

  #secrets() {
    return this.knex<DbSealedSecretRow>(SEALED_SECRETS_TABLE);
  }
}
