import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  decodeCursor,
  encodeCursor,
  principalRef,
} from '@forkyard/backend-kit';
import {
  dueDate,
  findWaiverFaults,
  severityRank,
  type DueDays,
  type EntityFindingsSummary,
  type Finding,
  type FindingsPage,
  type ListFindingsRequest,
  type SarifUploadResult,
} from '@forkyard/plugin-security-findings-common';
import { z } from 'zod';
import type { FindingsStore, HeldFinding } from '../database/FindingsStore';
import type { ScansStore } from '../database/ScansStore';
import type { FindingsAnnouncer } from './FindingsAnnouncer';
import type {
  FindingsService,
  FindingsServiceOptions,
  UploadReportRequest,
} from './FindingsService';
import type { ScanService } from './ScanService';
import type { SightingService } from './SightingService';
import type { SummaryService } from './SummaryService';
import type { TrackingService } from './TrackingService';

const DEFAULT_LIMIT = 25;

const positionSchema = z.tuple([
  z.number().int().min(0).max(4),
  z.iso.datetime(),
  z.uuid(),
]);

/**
 * Answers from the projection, and waives, takes reports and refreshes.
 */
export class DefaultFindingsService implements FindingsService {
  constructor(
    private readonly options: {
      findings: FindingsStore;
      scans: ScansStore;
      summaries: SummaryService;
      sightings: SightingService;
      scanning: ScanService;
      tracking: TrackingService;
      announcer: FindingsAnnouncer;
      dueDays: DueDays;
    },
  ) {}

  async listFindings(request: ListFindingsRequest): Promise<FindingsPage> {
    const limit = request.limit ?? DEFAULT_LIMIT;
    const [rank, firstSeenAt, id] = request.cursor
      ? decodeCursor(positionSchema, request.cursor)
      : [];
    const found = await this.options.findings.list({
      entityRef: request.entityRef,
      states: request.states ?? ['open'],
      severities: request.severities,
      sources: request.sources,
      search: request.search,
      overdue: request.overdue ? this.options.summaries.cutoffs() : undefined,
      after:
        rank !== undefined && firstSeenAt && id
          ? { severityRank: rank, firstSeenAt: new Date(firstSeenAt), id }
          : undefined,
      limit: limit + 1,
    });
    const items = found.slice(0, limit);
    const last = items.at(-1);
    return {
      items: items.map(finding => this.#toFinding(finding)),
      nextCursor:
        last && found.length > limit
          ? encodeCursor([
              severityRank(last.severity),
              last.firstSeenAt.toISOString(),
              last.id,
            ])
          : undefined,
    };
  }

  async getFinding({ id }: { id: string }): Promise<Finding> {
    return this.#toFinding(await this.#get(id));
  }

  getSummary({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityFindingsSummary> {
    return this.options.summaries.getSummary(entityRef);
  }

  async waiveFinding(
    request: { id: string; reason: string; expiresAt: string },
    { credentials }: FindingsServiceOptions,
  ): Promise<Finding> {
    const { id, reason, expiresAt } = request;
    const faults = findWaiverFaults({ reason, expiresAt, now: new Date() });
    const fault = faults.reason ?? faults.expiresAt;
    if (fault) throw new InputError(`The finding cannot be waived: ${fault}`);
    const before = await this.#get(id);
    const waived = await this.options.findings.waive(id, {
      reason: reason.trim(),
      by: principalRef(credentials),
      expiresAt: new Date(expiresAt),
    });
    if (!waived) {
      const { state, fixedAt } = await this.#get(id);
      const since = fixedAt ? ` since ${fixedAt.toISOString()}` : '';
      throw new ConflictError(
        `Finding '${id}' cannot be waived: it is ${state}${since}. There is nothing to waive.`,
      );
    }
    await this.options.announcer.announce({
      entityRef: waived.entityRef,
      opened: [],
      closed: before.state === 'waived' ? 0 : 1,
      isNews: false,
    });
    return this.#toFinding(waived);
  }

  async unwaiveFinding({ id }: { id: string }): Promise<Finding> {
    const opened = await this.options.findings.unwaive(id);
    if (!opened) {
      const { state } = await this.#get(id);
      throw new ConflictError(
        `The waiver of finding '${id}' cannot be taken back: there is none, the finding is ${state}.`,
      );
    }
    await this.options.announcer.announce({
      entityRef: opened.entityRef,
      opened: [opened],
      closed: 0,
      isNews: false,
    });
    return this.#toFinding(opened);
  }

  async uploadReport(request: UploadReportRequest): Promise<SarifUploadResult> {
    const { entityRef, category } = request;
    const { scans, sightings } = this.options;
    const report = await request.read();
    const key = { entityRef, category, source: 'sarif' } as const;
    const { result, outcome } = await sightings.apply({
      ...key,
      reports: report.reports,
      version: request.commit ?? report.commit,
      held: await scans.find(key),
      confirm: request.confirm ?? false,
    });
    await scans.record(key, result);
    await sightings.announce(entityRef, outcome);
    return {
      entityRef,
      category,
      results: report.reports.length,
      opened: outcome.opened.length,
      fixed: outcome.fixed,
      unconfirmed: outcome.unconfirmed,
    };
  }

  async refreshEntity(request: {
    entityRef: string;
  }): Promise<EntityFindingsSummary> {
    await this.options.tracking.trackEntity(request);
    await this.options.scanning.refreshEntity(request);
    return this.getSummary(request);
  }

  listSummaries(request: { cursor?: string; limit?: number }) {
    return this.options.summaries.listSummaries(request);
  }

  /** Opens what was waived until now. */
  async expireWaivers(): Promise<void> {
    const byEntity = new Map<string, HeldFinding[]>();
    for (const finding of await this.options.findings.expireWaivers()) {
      const group = byEntity.get(finding.entityRef) ?? [];
      byEntity.set(finding.entityRef, [...group, finding]);
    }
    for (const [entityRef, opened] of byEntity) {
      await this.options.announcer.announce({
        entityRef,
        opened,
        closed: 0,
        isNews: true,
      });
    }
  }

  async #get(id: string): Promise<HeldFinding> {
    const found = await this.options.findings.find(id);
    if (!found) {
      throw new NotFoundError(
        `Finding '${id}' does not exist, or you may not see it.`,
      );
    }
    return found;
  }

  #toFinding(held: HeldFinding): Finding {
    const { since: _, waiver, ...finding } = held;
    const dueAt = dueDate({ ...held, dueDays: this.options.dueDays });
    return {
      ...finding,
      firstSeenAt: held.firstSeenAt.toISOString(),
      lastSeenAt: held.lastSeenAt.toISOString(),
      fixedAt: held.fixedAt?.toISOString(),
      dueAt: dueAt?.toISOString(),
      overdue:
        held.state === 'open' && dueAt !== undefined && dueAt < new Date(),
      waiver: held.state === 'waived' ? waiver : undefined,
    };
  }
}
