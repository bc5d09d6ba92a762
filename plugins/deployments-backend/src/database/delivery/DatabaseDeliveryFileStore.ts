import type { Knex } from 'knex';
import { DELIVERY_FILES, ENVIRONMENTS, TRACKED_ENTITIES } from '../tables';
import type {
  BegunRead,
  DeliveryFile,
  DeliveryFileOutcome,
  DeliveryFileProblem,
  DeliveryFileStore,
  DeliveryPlans,
} from './DeliveryFileStore';

/** Those that every project has. */
const STANDARD_ENVIRONMENTS = ['preview', 'production'];

interface DbDeliveryFileRow {
  entity_ref: string;
  file_url: string | null;
  file_etag: string | null;
  is_due: boolean;
  begun_read: string;
  saved_read: string;
  known: boolean;
  plans: DeliveryPlans | null;
  environments: string[];
  problems: DeliveryFileProblem[];
  error: string | null;
  read_at: Date | null;
}

/** Keeps what delivery files say in PostgreSQL. */
export class DatabaseDeliveryFileStore implements DeliveryFileStore {
  constructor(private readonly knex: Knex) {}

  async followTracked(): Promise<void> {
    await this.knex.raw(
      `insert into ?? (entity_ref)
       select distinct entity_ref from ??
       on conflict (entity_ref) do nothing`,
      [DELIVERY_FILES, TRACKED_ENTITIES],
    );
    await this.knex(DELIVERY_FILES)
      .whereNotIn(
        'entity_ref',
        this.knex(TRACKED_ENTITIES).select('entity_ref'),
      )
      .delete();
  }

  async listDue(limit: number): Promise<string[]> {
    return this.knex(DELIVERY_FILES)
      .where('due_at', '<=', this.knex.fn.now())
      .orderBy('due_at')
      .limit(limit)
      .pluck('entity_ref');
  }

  async requestRead(entityRef: string): Promise<void> {
    await this.knex(DELIVERY_FILES)
      .where({ entity_ref: entityRef })
      .update({ due_at: this.knex.fn.now() });
  }

  async find(entityRef: string): Promise<DeliveryFile | undefined> {
    const row = await this.knex(DELIVERY_FILES)
      .where({ entity_ref: entityRef })
      .first<DbDeliveryFileRow | undefined>(
        '*',
        this.knex.raw('due_at <= now() as is_due'),
      );
    return row && toFile(row);
  }

  async begin(request: {
    entityRef: string;
    nextInSeconds: number;
  }): Promise<DeliveryFile & BegunRead> {
    const { rows } = await this.knex.raw<{
      rows: (DbDeliveryFileRow & { begun_at: Date })[];
    }>(
      `insert into ?? as held (entity_ref, begun_read, due_at)
       values (?, 1, now() + ? * interval '1 second')
       on conflict (entity_ref) do update
         set begun_read = held.begun_read + 1, due_at = excluded.due_at
       returning held.*, false as is_due, now() as begun_at`,
      [DELIVERY_FILES, request.entityRef, request.nextInSeconds],
    );
    const [row] = rows;
    return { ...toFile(row), read: row.begun_read, begunAt: row.begun_at };
  }

  async save(
    { entityRef, read, begunAt }: { entityRef: string } & BegunRead,
    result: DeliveryFileOutcome,
  ): Promise<void> {
    await this.knex(DELIVERY_FILES)
      .where({ entity_ref: entityRef })
      .where('saved_read', '<', read)
      .update({
        saved_read: read,
        error: null,
        ...(result.outcome !== 'failed' && { read_at: begunAt }),
        ...this.#toColumns(result),
      });
  }

  async listEnvironments(entityRef: string): Promise<string[]> {
    return this.knex(ENVIRONMENTS)
      .where({ entity_ref: entityRef })
      .orderBy('environment')
      .pluck('environment');
  }

  #toColumns(result: DeliveryFileOutcome): object {
    switch (result.outcome) {
      case 'unchanged':
        return {};
      case 'failed':
        return {
          error: result.error,
          due_at: this.knex.raw("now() + ? * interval '1 second'", [
            result.retryInSeconds,
          ]),
        };
      case 'absent':
        return {
          known: true,
          file_url: null,
          file_etag: null,
          plans: null,
          environments: [],
          problems: '[]',
        };
      case 'faulty':
        return {
          known: true,
          file_url: result.url,
          file_etag: result.etag ?? null,
          problems: JSON.stringify(result.problems),
        };
      default:
        return {
          known: true,
          file_url: result.url,
          file_etag: result.etag ?? null,
          plans: JSON.stringify(result.plans),
          // Beside the plans, because jsonb keeps no order.
          environments: Object.keys(result.plans).filter(
            name => !STANDARD_ENVIRONMENTS.includes(name),
          ),
          problems: '[]',
        };
    }
  }
}

function toFile(row: DbDeliveryFileRow): DeliveryFile {
  return {
    entityRef: row.entity_ref,
    url: row.file_url ?? undefined,
    etag: row.file_etag ?? undefined,
    known: row.known,
    plans: row.plans ?? undefined,
    environments: row.environments,
    problems: row.problems,
    error: row.error ?? undefined,
    readAt: row.read_at ?? undefined,
    isDue: row.is_due,
  };
}
