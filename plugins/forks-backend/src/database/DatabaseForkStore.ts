import { decodeCursor, encodeCursor } from '@forkyard/backend-kit';
import type {
  Fork,
  ForkSortField,
  ForksSummary,
  ListForksRequest,
  Page,
  Status,
} from '@forkyard/plugin-forks-common';
import { statusSchema } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import { z } from 'zod';
import { describeHealth } from '../services/describeHealth';
import { applyForkFilter } from './applyForkFilter';
import type {
  ForkCriteria,
  ForkIdentity,
  ForkProjection,
  ForkStore,
} from './ForkStore';
import {
  FORKS_TABLE,
  PROVISIONINGS_TABLE,
  type DbForkRow,
  type DbProvisioningRow,
} from './tables';
import { toFork } from './toFork';
import { writeForkChanges } from './writeForkChanges';

/** Column of each order; the name breaks ties, in the same direction. */
const sortColumns = {
  status: 'status_rank',
  name: 'name',
  live: 'live_order',
  created: 'created_at',
  budget: 'budget_order',
  cost: 'cost_order',
  criticals: 'criticals_order',
  alerts: 'alerts_order',
} as const satisfies Record<ForkSortField, keyof DbForkRow>;

const defaultOrders = {
  status: 'asc',
  name: 'asc',
  live: 'desc',
  created: 'desc',
  budget: 'asc',
  cost: 'desc',
  criticals: 'desc',
  alerts: 'desc',
} as const;

/** Beyond this the number of rows is not counted, so that a page stays flat. */
const MAX_COUNTED = 1000;

/** Positions as each order writes them; PostgreSQL refuses other values. */
const positionSchema = {
  order: z.enum(['asc', 'desc']),
  name: z
    .string()
    .max(100)
    .regex(/^[^\0]*$/),
};

const cursorSchema = z.discriminatedUnion('sort', [
  z.strictObject({
    ...positionSchema,
    sort: z.literal('status'),
    value: z.number().int().min(0).max(5),
  }),
  z.strictObject({
    ...positionSchema,
    sort: z.enum(['budget', 'cost']),
    value: z.number(),
  }),
  z.strictObject({
    ...positionSchema,
    sort: z.enum(['criticals', 'alerts']),
    value: z.int32(),
  }),
  z.strictObject({
    ...positionSchema,
    sort: z.literal('name'),
    value: z.string().max(100),
  }),
  z.strictObject({
    ...positionSchema,
    sort: z.enum(['live', 'created']),
    value: z.iso.datetime().regex(/^[12]/),
  }),
]);

/**
 * Keeps the fork registry in PostgreSQL.
 *
 * A page is read from an index that has its order, from the position in the
 * cursor on; forks that change places meanwhile may be seen twice or missed.
 */
export class DatabaseForkStore implements ForkStore {
  constructor(private readonly knex: Knex) {}

  async findFork({ name }: { name: string }): Promise<Fork | undefined> {
    const row = await this.#forks().where({ name }).first();
    return row && toFork(row);
  }

  async findForkByEntityRef(request: {
    entityRef: string;
  }): Promise<Fork | undefined> {
    const row = await this.#forks()
      .where({ entity_ref: request.entityRef })
      .whereNot({ lifecycle: 'deleted' })
      .first();
    return row && toFork(row);
  }

  async listForks(
    request: ListForksRequest & { filter?: ForkCriteria },
  ): Promise<Page<Fork>> {
    const { limit = 25 } = request;
    const position = request.cursor
      ? decodeCursor(cursorSchema, request.cursor)
      : undefined;
    const sort = position?.sort ?? request.sort ?? 'status';
    const order = position?.order ?? request.order ?? defaultOrders[sort];
    const column = sortColumns[sort];

    const rows = await this.#matching(request)
      .modify(query => {
        if (!position) return;
        const sign = order === 'asc' ? '>' : '<';
        if (sort === 'name') query.where('name', sign, position.name);
        else {
          query.whereRaw(`(??, name) ${sign} (?, ?)`, [
            column,
            position.value,
            position.name,
          ]);
        }
      })
      .orderBy(
        sort === 'name'
          ? [{ column, order }]
          : [
              { column, order },
              { column: 'name', order },
            ],
      )
      .limit(limit + 1);

    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(toFork),
      nextCursor:
        last && rows.length > limit
          ? encodeCursor({ sort, order, value: last[column], name: last.name })
          : undefined,
      totalItems: position ? undefined : await this.#count(request),
    };
  }

  async summarizeForks(request: {
    filter?: ForkCriteria;
  }): Promise<ForksSummary> {
    const [counts, owners, systems] = await Promise.all([
      this.#matching(request)
        .clearSelect()
        .select('status')
        .count()
        .groupBy('status'),
      this.#distinct('owner', request),
      this.#distinct('system', request),
    ]);
    const byStatus = Object.fromEntries(
      statusSchema.options.map(status => [status, 0]),
    ) as Record<Status, number>;
    for (const { status, count } of counts as Array<{
      status: Status;
      count: string;
    }>) {
      byStatus[status] = Number(count);
    }
    return {
      total: Object.values(byStatus).reduce((sum, count) => sum + count, 0),
      byStatus,
      owners,
      systems,
    };
  }

  async updateProjection(request: {
    name: string;
    projection: ForkProjection;
  }): Promise<boolean> {
    const { name, projection } = request;
    const { live, productionUrl, deploysByDay } = projection;
    return this.knex.transaction(async tx => {
      const row = await tx<DbForkRow>(FORKS_TABLE)
        .where({ name, lifecycle: 'active' })
        .forUpdate()
        .first();
      if (!row) return false;
      const health = describeHealth(projection, row.vitals);
      return writeForkChanges(tx, row, {
        status: health.status,
        status_reason: health.statusReason,
        deployed_status: projection.status,
        deployed_reason: projection.statusReason,
        // Deployments that tell no address take none away.
        ...(productionUrl && { production_url: productionUrl }),
        ...(deploysByDay && {
          deploys_by_day: Object.fromEntries(
            deploysByDay.map(({ date, count }) => [date, count]),
          ),
        }),
        live_deployment_id: live?.deploymentId ?? null,
        live_sha: live?.sha ?? null,
        live_message: live?.message ?? null,
        live_author: live?.author ?? null,
        live_since: live ? new Date(live.since) : null,
      });
    });
  }

  async updateIdentity(request: {
    name: string;
    identity: ForkIdentity;
  }): Promise<void> {
    const { title, description, owner, system = null } = request.identity;
    await this.knex.transaction(async tx => {
      const [row] = await tx<DbForkRow>(FORKS_TABLE)
        .where({ name: request.name, lifecycle: 'active' })
        .whereRaw(
          '(title, description, owner, system) is distinct from (?, ?, coalesce(?, owner), ?)',
          [title, description, owner ?? null, system] as Knex.RawBinding[],
        )
        .update({ title, description, system, ...(owner && { owner }) })
        .returning(['owner', 'provisioning_id']);
      if (!row) return;
      await tx<DbProvisioningRow>(PROVISIONINGS_TABLE)
        .where({ id: row.provisioning_id })
        .update({ owner: row.owner });
    });
  }

  async takeForksToProject(request: {
    limit: number;
    olderThanSeconds: number;
  }): Promise<Fork[]> {
    const rows = await this.#forks()
      .whereIn(
        'name',
        this.#forks()
          .select('name')
          .whereNot({ lifecycle: 'deleted' })
          .where({ lifecycle: 'active' })
          .where(due =>
            due
              .whereNull('projected_at')
              .orWhereRaw(`projected_at < now() - make_interval(secs => ?)`, [
                request.olderThanSeconds,
              ]),
          )
          .orderByRaw('projected_at nulls first, name')
          .limit(request.limit)
          .forUpdate()
          .skipLocked(),
      )
      .update({ projected_at: this.knex.fn.now(3) })
      .returning('*');
    return rows.map(toFork);
  }

  #forks() {
    return this.knex<DbForkRow>(FORKS_TABLE);
  }

  #matching(request: ListForksRequest & { filter?: ForkCriteria }) {
    return this.#forks()
      .select('*')
      .whereNot({ lifecycle: 'deleted' })
      .modify(query => {
        const { owners, systems, statuses, search, filter } = request;
        if (owners?.length) query.whereIn('owner', owners);
        if (systems?.length) query.whereIn('system', systems);
        if (statuses?.length) query.whereIn('status', statuses);
        const { budgets, costs, findings, firing } = request;
        if (budgets?.length) query.whereIn('budget_state', budgets);
        if (costs?.length) query.whereIn('cost_state', costs);
        if (findings?.length) query.whereIn('findings_state', findings);
        if (firing) query.where('alerts_order', '>', 0);
        const words = toPrefixQuery(search ?? '');
        if (words) query.whereRaw(`search @@ to_tsquery('simple', ?)`, [words]);
        if (filter) applyForkFilter(query, filter);
      });
  }

  /** Counts at most {@link MAX_COUNTED} rows; undefined when there are more. */
  async #count(
    request: ListForksRequest & { filter?: ForkCriteria },
  ): Promise<number | undefined> {
    const [{ count }] = await this.knex.count<Array<{ count: string }>>().from(
      this.#matching(request)
        .clearSelect()
        .select('name')
        .limit(MAX_COUNTED + 1)
        .as('counted'),
    );
    return Number(count) > MAX_COUNTED ? undefined : Number(count);
  }

  async #distinct(
    column: 'owner' | 'system',
    request: { filter?: ForkCriteria },
  ): Promise<string[]> {
    const rows = await this.#matching(request)
      .clearSelect()
      .distinct(column)
      .whereNotNull(column)
      .orderBy(column)
      .limit(500);
    return (rows as Array<Pick<DbForkRow, 'owner' | 'system'>>).flatMap(
      row => row[column] ?? [],
    );
  }
}

/**
 * Turns what the user typed into a query that matches the beginnings of words,
 * for example `ima stu` into `ima:* & stu:*`. Other characters would be syntax.
 */
function toPrefixQuery(search: string): string {
  return search
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, 8)
    .map(word => `${word}:*`)
    .join(' & ');
}
