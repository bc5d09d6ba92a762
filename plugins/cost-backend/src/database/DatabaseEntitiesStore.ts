import type { Knex } from 'knex';
import type {
  EntitiesStore,
  EntityBudget,
  ProjectEntity,
} from './EntitiesStore';
import {
  BUDGETS,
  CHARGES,
  COST_SUMMARIES,
  PROJECT_ENTITIES,
  type DbBudgetRow,
  type DbProjectEntityRow,
} from './tables';

/** Keeps projects and budgets of entities in PostgreSQL. */
export class DatabaseEntitiesStore implements EntitiesStore {
  constructor(private readonly knex: Knex) {}

  async listProjects(): Promise<ProjectEntity[]> {
    const rows =
      await this.knex<DbProjectEntityRow>(PROJECT_ENTITIES).orderBy(
        'project_key',
      );
    return rows.map(row => ({
      projectKey: row.project_key,
      entityRef: row.entity_ref,
    }));
  }

  async changeProjects(change: {
    upsert: ProjectEntity[];
    remove: string[];
  }): Promise<void> {
    await this.#change(PROJECT_ENTITIES, ['project_key', 'entity_ref'], {
      upsert: change.upsert.map(({ projectKey, entityRef }) => [
        projectKey,
        entityRef,
      ]),
      remove: change.remove,
    });
  }

  async listSummarizedEntities(): Promise<string[]> {
    const { rows } = await this.knex.raw<{ rows: { entity_ref: string }[] }>(
      `select p.entity_ref from ${PROJECT_ENTITIES} as p
       where exists (
         select 1 from ${CHARGES} as c where c.project_key = p.project_key)
       union
       select entity_ref from ${COST_SUMMARIES}
       order by entity_ref`,
    );
    return rows.map(row => row.entity_ref);
  }

  async listAllBudgets(): Promise<EntityBudget[]> {
    const rows = await this.knex<DbBudgetRow>(BUDGETS).orderBy('entity_ref');
    return rows.map(row => ({ entityRef: row.entity_ref, value: row.value }));
  }

  async listBudgets(entityRefs: string[]): Promise<Map<string, string>> {
    const rows = await this.knex<DbBudgetRow>(BUDGETS).whereRaw(
      'entity_ref = any(?::text[])',
      [entityRefs],
    );
    return new Map(rows.map(row => [row.entity_ref, row.value]));
  }

  async changeBudgets(change: {
    upsert: EntityBudget[];
    remove: string[];
  }): Promise<void> {
    await this.#change(BUDGETS, ['entity_ref', 'value'], {
      upsert: change.upsert.map(({ entityRef, value }) => [entityRef, value]),
      remove: change.remove,
    });
  }

  /** Writes pairs of a key and a value, in one transaction. */
  async #change(
    table: string,
    [key, value]: [string, string],
    change: { upsert: [string, string][]; remove: string[] },
  ): Promise<void> {
    await this.knex.transaction(async tx => {
      await tx(table)
        .whereRaw('?? = any(?::text[])', [key, change.remove])
        .delete();
      await tx.raw(
        `insert into ?? as held (??, ??)
         select * from unnest(?::text[], ?::text[])
         on conflict (??) do update set ?? = excluded.??
           where held.?? <> excluded.??`,
        [
          table,
          key,
          value,
          change.upsert.map(([name]) => name),
          change.upsert.map(([, held]) => held),
          key,
          value,
          value,
          value,
          value,
        ],
      );
    });
  }
}
