import {
  resolvePackagePath,
  type DatabaseService,
} from '@backstage/backend-plugin-api';
import type { Knex } from 'knex';
import type { SecretBox } from '@forkyard/backend-kit';
import type { WebhookSecret, WebhookSecretsStore } from './WebhookSecretsStore';

const TABLE = 'vercel_webhook_secrets';
/** The plugin's own migrations have the default table in the same schema. */
const MIGRATIONS_TABLE = 'vercel_knex_migrations';
const LOCK = 'deployments vercel webhook';

interface DbWebhookSecretRow {
  webhook_id: string;
  url: string;
  secret_jwe: string;
}

/**
 * Keeps webhook secrets in the plugin's PostgreSQL, sealed.
 */
export class DatabaseWebhookSecretsStore implements WebhookSecretsStore {
  private constructor(
    private readonly knex: Knex,
    private readonly box: SecretBox,
  ) {}

  static async create(options: {
    database: DatabaseService;
    box: SecretBox;
  }): Promise<DatabaseWebhookSecretsStore> {
    const knex = await options.database.getClient();
    const store = new DatabaseWebhookSecretsStore(knex, options.box);
    if (!options.database.migrations?.skip) {
      await store.runAlone(async () => {
        await knex.migrate.latest({
          directory: resolvePackagePath(
            '@forkyard/plugin-deployments-backend-module-vercel',
            'migrations',
          ),
          tableName: MIGRATIONS_TABLE,
        });
      });
    }
    return store;
  }

  async list(): Promise<WebhookSecret[]> {
    const rows =
      await this.knex<DbWebhookSecretRow>(TABLE).orderBy('created_at');
    const opened = await Promise.all(
      rows.map(async row => ({
        webhookId: row.webhook_id,
        url: row.url,
        secret: await this.box.open(row.secret_jwe),
      })),
    );
    return opened.flatMap(({ secret, ...rest }) =>
      secret ? [{ ...rest, secret }] : [],
    );
  }

  async insert({ webhookId, url, secret }: WebhookSecret): Promise<void> {
    await this.knex<DbWebhookSecretRow>(TABLE)
      .insert({
        webhook_id: webhookId,
        url,
        secret_jwe: await this.box.seal(secret),
      })
      .onConflict('webhook_id')
      .merge();
  }

  async runAlone(work: () => Promise<void>): Promise<void> {
    await this.knex.transaction(async tx => {
      await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [LOCK]);
      await work();
    });
  }
}
