import type { Knex } from 'knex';
import type {
  DrainBatch,
  DrainKind,
  Origin,
  RejectionReason,
} from '../ingest/DrainBatch';
import { KnownOrigins } from '../ingest/KnownOrigins';
import { DRAINED_PROJECTS } from './rollupTables';
import { SLO_PROJECTS } from './tables';

/** Of the projects that one commit looks up, so that none has to wait long. */
const MOST_LOOKED_UP = 1_000;

/** Decides which projects, deployments and environments are counted. */
export class DatabaseOrigins {
  readonly #known = new KnownOrigins();
  readonly #maxProjects: number;
  /** Those that were counted, in whatever replica. */
  #drained = new Set<string>();

  constructor(options: { maxProjects: number }) {
    this.#maxProjects = options.maxProjects;
  }

  /**
   * Reads what `place` has to know of traces, of which applications decide how
   * much that is. So it is to be done before the commit has anybody wait; what
   * others count meanwhile is known a minute later at the latest.
   */
  async prepare(knex: Knex, batches: DrainBatch[]): Promise<void> {
    const traced = originsOf(batches, 'traces');
    if (traced.length === 0) return;
    await this.#readProjects(knex, traced);
    await this.#readDeployments(
      knex,
      this.#known.claimReads(traced, Date.now(), MOST_LOOKED_UP),
    );
  }

  /** Reads what `place` has to know of logs, while nobody else counts any. */
  async readDrained(
    tx: Knex.Transaction,
    batches: DrainBatch[],
  ): Promise<void> {
    const logged = originsOf(batches, 'logs');
    if (logged.some(({ projectId }) => !this.#drained.has(projectId))) {
      const rows = await tx(DRAINED_PROJECTS).pluck('project_id');
      this.#drained = new Set(rows);
    }
  }

  /** Gives where something is counted. Logs are to be asked for first. */
  place(
    kind: DrainKind,
    origin: Origin,
    nowMs: number,
  ): Origin | RejectionReason {
    if (kind === 'traces') return this.#known.place(origin, nowMs);
    const { projectId } = origin;
    if (!this.#drained.has(projectId)) {
      if (this.#drained.size >= this.#maxProjects) return 'too-many-projects';
      this.#drained.add(projectId);
    }
    this.#known.learn(origin);
    return origin;
  }

  /** Looks for projects that logs told of, or that the catalog has. */
  async #readProjects(knex: Knex, traced: Origin[]): Promise<void> {
    const unknown = new Set<string>();
    for (const { projectId } of traced) {
      if (unknown.size === MOST_LOOKED_UP) break;
      if (!this.#known.hasProject(projectId)) unknown.add(projectId);
    }
    if (unknown.size === 0) return;
    const { rows } = await knex.raw<{ rows: { project_id: string }[] }>(
      `select project_id from :drained: where project_id = any (:ids::text[])
       union
       select project_id from :named: where project_id = any (:ids::text[])`,
      { drained: DRAINED_PROJECTS, named: SLO_PROJECTS, ids: [...unknown] },
    );
    for (const row of rows) this.#known.addProject(row.project_id);
  }

  /** Looks at hours where they are complete: they are few, minutes are many. */
  async #readDeployments(knex: Knex, projectIds: string[]): Promise<void> {
    if (projectIds.length === 0) return;
    const { rows } = await knex.raw<{
      rows: {
        project_id: string;
        deployment_id: string;
        environment: string;
      }[];
    }>(
      `select project_id, deployment_id, environment
         from (
           select project_id, deployment_id, environment, requests, at
             from rollup_hours
            where project_id = any (:projectIds::text[])
              and at >= now() - interval '2 days'
           union all
           select project_id, deployment_id, environment, requests, at
             from rollup_minutes
            where project_id = any (:projectIds::text[])
              and at >= (select complete_before from ingest_progress)
         ) as counted
        where requests > 0
        group by 1, 2, 3
        order by max(at)`,
      { projectIds },
    );
    for (const row of rows) {
      this.#known.learn({
        projectId: row.project_id,
        deploymentId: row.deployment_id,
        environment: row.environment,
      });
    }
  }
}

function originsOf(batches: DrainBatch[], wanted: DrainKind): Origin[] {
  return batches.flatMap(({ kind, origins }) =>
    kind === wanted ? origins : [],
  );
}
