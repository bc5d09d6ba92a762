import type { MetadataStore } from '../../store';

/** What a project used of one meter on one UTC day, in the meter's unit. */
export interface UsageRow {
  /** Such as `2026-11-21`. */
  day: string;
  projectId: string;
  meter: string;
  /** As the project was called when it last used something that day. */
  projectName: string;
  quantity: number;
}

interface Row {
  day: string;
  project_id: string;
  meter: string;
  project_name: string;
  quantity: number;
}

/**
 * Keeps what was used, by day, project and meter.
 *
 * Outlives the project: what was used is owed.
 */
export class UsageStore {
  readonly #store: MetadataStore;

  constructor(store: MetadataStore) {
    this.#store = store;
  }

  /** Adds all rows or none. */
  add(rows: UsageRow[]): void {
    this.#store.transaction(() => {
      for (const row of rows) {
        this.#store.run(
          `INSERT INTO vercel_usage (day, project_id, meter, project_name, quantity)
           VALUES (?, ?, ?, ?, ?)
           ON CONFLICT (day, project_id, meter) DO UPDATE
             SET quantity = quantity + excluded.quantity, project_name = excluded.project_name`,
          row.day,
          row.projectId,
          row.meter,
          row.projectName,
          row.quantity,
        );
      }
    });
  }

  /** Finds how a project that is gone was called last. */
  findName(projectId: string): string | undefined {
    return this.#store.get<{ project_name: string }>(
      `SELECT project_name FROM vercel_usage WHERE project_id = ?
       ORDER BY day DESC LIMIT 1`,
      projectId,
    )?.project_name;
  }

  /** Lists the days from `from` to before `to`, by day, project and meter, after a row. */
  list(options: {
    from: string;
    to: string;
    after?: UsageRow;
    limit: number;
  }): UsageRow[] {
    const { after } = options;
    return this.#store
      .all<Row>(
        `SELECT day, project_id, meter, project_name, quantity FROM vercel_usage
         WHERE day >= ? AND day < ? AND (day, project_id, meter) > (?, ?, ?)
         ORDER BY day, project_id, meter LIMIT ?`,
        options.from,
        options.to,
        after?.day ?? '',
        after?.projectId ?? '',
        after?.meter ?? '',
        options.limit,
      )
      .map(row => ({
        day: row.day,
        projectId: row.project_id,
        meter: row.meter,
        projectName: row.project_name,
        quantity: row.quantity,
      }));
  }
}
