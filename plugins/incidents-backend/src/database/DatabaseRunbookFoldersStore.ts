import { databaseTime } from '@forkyard/backend-kit';
import type { Knex } from 'knex';
import type { RunbookFolder, RunbookFoldersStore } from './RunbookFoldersStore';
import { RUNBOOK_FOLDERS, type DbRunbookFolderRow } from './tables';

/** Keeps the runbooks that were read in PostgreSQL. */
export class DatabaseRunbookFoldersStore implements RunbookFoldersStore {
  constructor(private readonly knex: Knex) {}

  now(): Promise<Date> {
    return databaseTime(this.knex);
  }

  async find(entityRef: string): Promise<RunbookFolder | undefined> {
    const row = await this.knex<DbRunbookFolderRow>(RUNBOOK_FOLDERS)
      .where({ entity_ref: entityRef })
      .first();
    return (
      row && {
        entityRef: row.entity_ref,
        location: row.location,
        folder: row.folder,
        etag: row.etag ?? undefined,
        files: row.files,
        leftOut: row.left_out,
        readAt: row.read_at ?? undefined,
        triedAt: row.tried_at,
        lastError: row.last_error ?? undefined,
      }
    );
  }

  /** An attempt that began before the one that is held changes nothing. */
  async put(folder: RunbookFolder): Promise<void> {
    await this.knex(RUNBOOK_FOLDERS)
      .insert({
        entity_ref: folder.entityRef,
        location: folder.location,
        folder: folder.folder,
        etag: folder.etag ?? null,
        files: JSON.stringify(folder.files),
        left_out: JSON.stringify(folder.leftOut),
        read_at: folder.readAt ?? null,
        tried_at: folder.triedAt,
        last_error: folder.lastError ?? null,
      })
      .onConflict('entity_ref')
      .merge()
      .whereRaw(`${RUNBOOK_FOLDERS}.tried_at <= excluded.tried_at`);
  }
}
