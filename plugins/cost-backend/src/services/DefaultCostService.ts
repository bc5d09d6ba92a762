import type { CatalogService } from '@backstage/plugin-catalog-node';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { InputError, NotFoundError } from '@backstage/errors';
import type { DatabaseChangeFeed } from '@forkyard/backend-kit';
import {
  allocate,
  apportionCents,
  parseBudget,
  sumAmounts,
  toCents,
  unitCost,
  type Bill,
  type BillLine,
  type Charge,
  type CostSummary,
  type DailyCost,
  type EntityCost,
  type GetBillRequest,
  type GroupCostItem,
  type GroupCosts,
  type ListChargesRequest,
  type ListDailyCostsRequest,
  type ListGroupCostsRequest,
  type RefreshRequest,
  type RefreshResult,
} from '@forkyard/plugin-cost-common';
import { z } from 'zod';
import type { AnomaliesStore } from '../database/AnomaliesStore';
import type { ChargesStore, Coverage } from '../database/ChargesStore';
import type { EntitiesStore } from '../database/EntitiesStore';
import { endOfMonth, startOfMonth, toDay } from './calendar';
import type {
  CostService,
  CostServiceOptions,
  OwnedEntity,
} from './CostService';
import type { EntityFiguresReader } from './EntityFigures';
import type { IngestService } from './IngestService';
import { linePositionSchema, pageOfLines, toPage, toPosition } from './paging';

const daySchema = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const dailyPositionSchema = z.object({ day: daySchema, service: z.string() });
const chargePositionSchema = z
  .string()
  .regex(/^[a-z0-9-]+:\d{4}-\d\d-\d\d:\d{1,9}$/);
/** Entities of a group beyond which its page is no page any more. */
const MOST_OWNED = 5000;
const CATALOG_PAGE = 500;
const MOST_STALE_DAYS = 31;

/**
 * Tells what is charged, from what is held. Who may know is decided elsewhere.
 */
export class DefaultCostService implements CostService {
  constructor(
    private readonly options: {
      charges: ChargesStore;
      entities: EntitiesStore;
      anomalies: Pick<AnomaliesStore, 'listAnomalies'>;
      figures: EntityFiguresReader;
      summaries: DatabaseChangeFeed<CostSummary>;
      ingest: IngestService;
      catalog: CatalogService;
      requestServices: string[];
    },
  ) {}

  async getEntityCost({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityCost> {
    const { charges, entities, anomalies, figures } = this.options;
    const month = await figures.readMonth();
    const range = { from: month.from, to: month.today };
    const all = await figures.readFigures([entityRef], month);
    const { monthToDate, forecast } = all.get(entityRef)!;
    const services = await charges.sumByService(entityRef, range);
    const requests = await charges.sumRequests(entityRef, {
      ...range,
      services: this.options.requestServices,
    });
    const budgets = await entities.listBudgets([entityRef]);
    return {
      entityRef,
      currency: 'USD',
      month: month.from.slice(0, 7),
      monthToDate,
      forecast,
      ...parseBudget(budgets.get(entityRef)),
      byService: services
        .filter(({ currency }) => currency === 'USD')
        .map(({ service, amount }) => ({ service, amount })),
      unitCost: unitCost({ amount: monthToDate ?? '0', requests }),
      anomalies: await anomalies.listAnomalies(entityRef, range),
      otherCurrencies: sumCurrencies(services),
      ...toFreshness(month.coverage),
    };
  }

  async listDailyCosts(request: ListDailyCostsRequest) {
    const { entityRef, from, to, cursor, limit = 500 } = request;
    const after = toPosition(dailyPositionSchema, cursor);
    const rows = await this.options.charges.listDailyCosts(entityRef, {
      from,
      to,
      after,
      limit: limit + 1,
    });
    return toPage(rows, limit, ({ day, service }: DailyCost) => ({
      day,
      service,
    }));
  }

  async listCharges(request: ListChargesRequest) {
    const { entityRef, from, to, cursor, limit = 500 } = request;
    const position = toPosition(chargePositionSchema, cursor);
    const [source, day, ordinal] = position?.split(':') ?? [];
    const rows = await this.options.charges.listCharges(entityRef, {
      from,
      to,
      after: position ? { source, day, ordinal: Number(ordinal) } : undefined,
      limit: limit + 1,
    });
    return toPage(rows, limit, ({ id }: Charge) => id);
  }

  async listOwnedEntities(
    { owner }: { owner: string },
    { credentials }: CostServiceOptions,
  ): Promise<OwnedEntity[]> {
    const { catalog } = this.options;
    if (!(await catalog.getEntityByRef(owner, { credentials }))) {
      throw new NotFoundError(
        `'${owner}' does not exist, or you may not see it.`,
      );
    }
    const owned: OwnedEntity[] = [];
    let cursor: string | undefined;
    do {
      const page = await catalog.queryEntities(
        cursor
          ? { cursor, limit: CATALOG_PAGE }
          : {
              filter: { 'relations.ownedBy': owner },
              fields: [
                'kind',
                'metadata.name',
                'metadata.namespace',
                'metadata.title',
              ],
              limit: CATALOG_PAGE,
            },
        { credentials },
      );
      for (const entity of page.items) {
        owned.push({
          entityRef: stringifyEntityRef(entity),
          title: entity.metadata.title,
        });
      }
      cursor = page.pageInfo.nextCursor;
      if (owned.length + (cursor ? 1 : 0) > MOST_OWNED) {
        throw new InputError(
          `'${owner}' owns more than ${MOST_OWNED} entities, too many to sum up. Ask for the groups below it, or split it into several.`,
        );
      }
    } while (cursor);
    return owned;
  }

  async listGroupCosts(
    request: ListGroupCostsRequest & { entities?: OwnedEntity[] },
    options: CostServiceOptions,
  ): Promise<GroupCosts> {
    const { figures } = this.options;
    const { owner, cursor, limit = 25 } = request;
    const after = toPosition(linePositionSchema, cursor);
    const owned =
      request.entities ?? (await this.listOwnedEntities(request, options));
    const month = await figures.readMonth();
    const items = await this.#listItems(owned, month);
    const page = pageOfLines(items, {
      after,
      limit,
      keyOf: item => item.entityRef,
    });
    const budgets = items.flatMap(({ budget }) => budget ?? []);
    return {
      owner,
      currency: 'USD',
      month: month.from.slice(0, 7),
      total: toCents(sumAmounts(items.flatMap(({ amount }) => amount ?? []))),
      budget: budgets.length ? sumAmounts(budgets) : undefined,
      ...page,
      ...toFreshness(month.coverage),
    };
  }

  async getBill({
    month: asked,
    cursor,
    limit = 100,
  }: GetBillRequest): Promise<Bill> {
    const { charges, entities } = this.options;
    const after = toPosition(linePositionSchema, cursor);
    const from = asked
      ? `${asked}-01`
      : startOfMonth(toDay(await charges.now()));
    const range = { from, to: endOfMonth(from) };
    const projects = await entities.listProjects();
    const allocation = allocate({
      charges: await charges.sumForBill(range),
      entityRefs: new Map(
        projects.map(({ projectKey, entityRef }) => [projectKey, entityRef]),
      ),
    });
    const lines: BillLine[] = [
      ...allocation.entities,
      ...allocation.notAllocated,
    ];
    return {
      currency: 'USD',
      month: from.slice(0, 7),
      total: allocation.total,
      allocated: sumLines(allocation.entities),
      notAllocated: sumLines(allocation.notAllocated),
      shared: allocation.shared,
      ...pageOfLines(lines, { after, limit, keyOf: keyOfLine }),
      otherCurrencies: await charges.sumOtherCurrencies(range),
      ...toFreshness(await charges.getCoverage(range)),
      staleDays: await charges.listStaleDays(MOST_STALE_DAYS),
      rejectedLines: await charges.getRejectedLines(),
    };
  }

  async listSummaries({
    cursor,
    limit = 500,
  }: {
    cursor?: string;
    limit?: number;
  }) {
    return this.options.summaries.list({ cursor, limit });
  }

  async refresh(request: RefreshRequest): Promise<RefreshResult> {
    return this.options.ingest.refresh(request);
  }

  /** Only entities that were charged or have a budget are of interest. */
  async #listItems(
    owned: OwnedEntity[],
    month: Awaited<ReturnType<EntityFiguresReader['readMonth']>>,
  ): Promise<GroupCostItem[]> {
    const refs = owned.map(({ entityRef }) => entityRef);
    const figures = await this.options.figures.readFigures(refs, month);
    const budgets = await this.options.entities.listBudgets(refs);
    const charges = refs.flatMap(entityRef => {
      const amount = figures.get(entityRef)?.monthToDate;
      return amount === undefined ? [] : { entityRef, amount };
    });
    const cents = apportionCents(charges.map(({ amount }) => amount));
    const amounts = new Map(
      charges.map(({ entityRef }, index) => [entityRef, cents[index]]),
    );
    return owned
      .filter(
        ({ entityRef }) => amounts.has(entityRef) || budgets.has(entityRef),
      )
      .map(({ entityRef, title }) => {
        const forecast = figures.get(entityRef)?.forecast;
        return {
          entityRef,
          title,
          amount: amounts.get(entityRef),
          forecast: forecast?.known ? forecast.amount : undefined,
          budget: parseBudget(budgets.get(entityRef)).budget,
        };
      });
  }
}

function toFreshness({ asOf, staleReason }: Coverage) {
  return { asOf: asOf?.toISOString(), staleReason };
}

function sumLines(lines: { amount: string }[]): string {
  return toCents(sumAmounts(lines.map(({ amount }) => amount)));
}

function sumCurrencies(
  services: { currency: string; amount: string }[],
): EntityCost['otherCurrencies'] {
  const sums = new Map<string, string>();
  for (const { currency, amount } of services) {
    if (currency === 'USD') continue;
    sums.set(currency, sumAmounts([sums.get(currency) ?? '0', amount]));
  }
  return [...sums].map(([currency, amount]) => ({ currency, amount }));
}

function keyOfLine(line: BillLine): string {
  return 'entityRef' in line ? line.entityRef : `project ${line.projectId}`;
}
