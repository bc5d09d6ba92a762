import type { SloAlert } from '@forkyard/plugin-slo-common';
import type { Knex } from 'knex';
import type {
  EntityStore,
  Evaluation,
  SloEntity,
  SloFileLocation,
  SloFileOutcome,
} from './EntityStore';
import { resolveAlerts } from './operations/resolveAlerts';
import { saveEvaluation } from './operations/saveEvaluation';
import { saveProjects } from './operations/saveProjects';
import {
  SLO_ENTITIES,
  SLO_PROJECTS,
  type DbSloEntityRow,
  type DbSloProjectRow,
} from './tables';

/** Keeps entities with SLOs in PostgreSQL. */
export class DatabaseEntityStore implements EntityStore {
  constructor(private readonly knex: Knex) {}

  async track(files: SloFileLocation[]): Promise<void> {
    if (files.length === 0) return;
    await this.knex.raw(
      `insert into ?? as held (entity_ref, file_url, file_path)
       select * from unnest(?::text[], ?::text[], ?::text[])
       on conflict (entity_ref) do update
         set file_url = excluded.file_url,
             file_path = excluded.file_path,
             file_etag = null,
             file_due_at = now()
       where (held.file_url, held.file_path)
             is distinct from (excluded.file_url, excluded.file_path)`,
      [
        SLO_ENTITIES,
        files.map(({ entityRef }) => entityRef),
        files.map(({ url }) => url),
        files.map(({ path }) => path),
      ],
    );
  }

  async untrack(entityRefs: string[], at: Date): Promise<SloAlert[]> {
    if (entityRefs.length === 0) return [];
    return this.knex.transaction(async tx => {
      await tx(SLO_ENTITIES).whereIn('entity_ref', entityRefs).delete();
      return resolveAlerts(
        tx,
        query => query.whereIn('entity_ref', entityRefs),
        at,
      );
    });
  }

  async listEntityRefs(): Promise<string[]> {
    return this.knex(SLO_ENTITIES).pluck('entity_ref');
  }

  async find(entityRef: string): Promise<SloEntity | undefined> {
    const [row] = await this.knex<DbSloEntityRow>(SLO_ENTITIES).where({
      entity_ref: entityRef,
    });
    if (!row) return undefined;
    return toEntity(row, await this.listProjectIds(entityRef));
  }

  async listProjectIds(entityRef: string): Promise<string[]> {
    return this.knex<DbSloProjectRow>(SLO_PROJECTS)
      .where({ entity_ref: entityRef })
      .orderBy('project_id')
      .pluck('project_id');
  }

  async listDueFiles(limit: number): Promise<string[]> {
    return this.knex(SLO_ENTITIES)
      .where('file_due_at', '<=', this.knex.fn.now())
      .orderBy('file_due_at')
      .limit(limit)
      .pluck('entity_ref');
  }

  async requestFile(entityRef: string): Promise<void> {
    await this.knex(SLO_ENTITIES)
      .where({ entity_ref: entityRef })
      .update({ file_due_at: this.knex.fn.now() });
  }

  async saveFile(
    entityRef: string,
    result: SloFileOutcome & { nextInSeconds: number },
  ): Promise<void> {
    await this.knex(SLO_ENTITIES)
      .where({ entity_ref: entityRef })
      .update({
        file_due_at: this.#in(result.nextInSeconds),
        ...this.#fileColumns(result),
      });
  }

  async saveProjects(
    projects: { projectId: string; entityRef: string }[],
  ): Promise<string[]> {
    return saveProjects(this.knex, projects);
  }

  async listDueEvaluations(limit: number): Promise<string[]> {
    return this.knex(SLO_ENTITIES)
      .whereRaw("definitions <> '[]'")
      .where('evaluation_due_at', '<=', this.knex.fn.now())
      .orderBy('evaluation_due_at')
      .limit(limit)
      .pluck('entity_ref');
  }

  async requestEvaluation(projectIds: string[]): Promise<string[]> {
    const rows: { entity_ref: string }[] = await this.knex(SLO_ENTITIES)
      .whereRaw("definitions <> '[]'")
      .whereIn(
        'entity_ref',
        this.knex(SLO_PROJECTS)
          .whereIn('project_id', projectIds)
          .select('entity_ref'),
      )
      .update({
        evaluation_due_at: this.knex.raw('least(evaluation_due_at, now())'),
      })
      .returning('entity_ref');
    return rows.map(row => row.entity_ref);
  }

  async saveEvaluation(
    evaluation: Evaluation,
  ): Promise<SloAlert[] | undefined> {
    return saveEvaluation(this.knex, evaluation);
  }

  #in(seconds: number) {
    return this.knex.raw("now() + ? * interval '1 second'", [seconds]);
  }

  #fileColumns(result: SloFileOutcome) {
    switch (result.outcome) {
      case 'unchanged':
        return { file_error: null };
      case 'failed':
        return { file_error: result.error };
      case 'faulty':
        return {
          file_error: null,
          file_etag: result.etag ?? null,
          problems: JSON.stringify(result.problems),
        };
      default:
        return {
          file_error: null,
          file_etag: result.etag ?? null,
          problems: '[]',
          definitions: JSON.stringify(result.definitions),
          // An evaluation of the former definitions must not be saved any more.
          evaluation: this.knex.raw('evaluation + 1'),
          evaluation_due_at: this.knex.fn.now(),
        };
    }
  }
}

function toEntity(row: DbSloEntityRow, projectIds: string[]): SloEntity {
  return {
    entityRef: row.entity_ref,
    file: {
      entityRef: row.entity_ref,
      url: row.file_url,
      path: row.file_path,
      etag: row.file_etag ?? undefined,
      error: row.file_error ?? undefined,
    },
    definitions: row.definitions,
    problems: row.problems,
    projectIds,
    evaluation: row.evaluation,
    evaluatedAt: row.evaluated_at ?? undefined,
    slos: row.slos,
    sourceError: row.source_error ?? undefined,
  };
}
