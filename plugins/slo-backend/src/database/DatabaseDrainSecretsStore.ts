import type { Knex } from 'knex';
import type { DrainKind } from '../ingest/DrainBatch';
import type { SecretBox } from '@forkyard/backend-kit';
import type { DrainSecret, DrainSecretsStore } from './DrainSecretsStore';
import { DRAIN_SECRETS, type DbDrainSecretRow } from './rollupTables';

const LOCK = 'forkyard slo drains';

/** Keeps secrets of drains in PostgreSQL, sealed. */
export class DatabaseDrainSecretsStore implements DrainSecretsStore {
  constructor(
    private readonly knex: Knex,
    private readonly box: SecretBox,
  ) {}

  async list(): Promise<DrainSecret[]> {
    const rows =
      await this.knex<DbDrainSecretRow>(DRAIN_SECRETS).orderBy('created_at');
    const opened = await Promise.all(
      rows.map(async row => ({
        kind: row.kind as DrainKind,
        endpoint: row.endpoint,
        secret: await this.box.open(row.secret_jwe),
      })),
    );
    return opened.flatMap(({ secret, ...rest }) =>
      secret ? [{ ...rest, secret }] : [],
    );
  }

  async upsert({ kind, endpoint, secret }: DrainSecret): Promise<void> {
    await this.knex<DbDrainSecretRow>(DRAIN_SECRETS)
      .insert({ kind, endpoint, secret_jwe: await this.box.seal(secret) })
      .onConflict(['kind', 'endpoint'])
      .merge();
  }

  async runAlone(work: () => Promise<void>): Promise<void> {
    await this.knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
        LOCK,
      ]);
      await work();
    });
  }
}
