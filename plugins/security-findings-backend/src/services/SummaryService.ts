import type { DatabaseChangeFeed } from '@forkyard/backend-kit';
import {
  FINDING_SEVERITIES,
  type DueDays,
  type EntityFindingsSummary,
  type FindingSource,
  type FindingsSummariesPage,
  type FindingsSummary,
  type SourceState,
} from '@forkyard/plugin-security-findings-common';
import { noFindings } from '../database/DatabaseFindingsStore';
import type {
  FindingCounts,
  FindingsStore,
  SeverityCutoffs,
} from '../database/FindingsStore';
import type { Scan, ScansStore } from '../database/ScansStore';

const DEFAULT_LIMIT = 500;
const DAY_MS = 24 * 60 * 60_000;
/** Entities that are counted at once. */
const CHUNK = 1000;

/**
 * Counts findings, for the pages of entities and for the feed that other
 * backends read.
 */
export class SummaryService {
  constructor(
    private readonly options: {
      findings: FindingsStore;
      scans: ScansStore;
      feed: Pick<DatabaseChangeFeed<FindingsSummary>, 'put' | 'list'>;
      dueDays: DueDays;
    },
  ) {}

  async getSummary(entityRef: string): Promise<EntityFindingsSummary> {
    const { findings, scans, dueDays } = this.options;
    const [[counts], held, bySource] = await Promise.all([
      findings.count({ entityRefs: [entityRef], cutoffs: this.cutoffs() }),
      scans.listByEntity(entityRef),
      findings.countBySource(entityRef),
    ]);
    const openOf = (scan: Scan) =>
      bySource.find(
        ({ source, category }) =>
          source === scan.source && category === scan.category,
      )?.open ?? 0;
    const asOf = held
      .flatMap(scan => scan.asOf ?? [])
      .sort((left, right) => right.getTime() - left.getTime())
      .at(0);
    return {
      ...toSummary(counts ?? noFindings(entityRef), asOf),
      open: (counts ?? noFindings(entityRef)).open,
      waived: counts?.waived ?? 0,
      dueDays,
      sources: held.map(scan => toSourceState(scan, openOf(scan))),
    };
  }

  /** Counts entities anew and tells the feed; gives what it was told. */
  async update(entityRefs: string[]): Promise<FindingsSummary[]> {
    const { findings, scans, feed } = this.options;
    const [counted, asOf] = await Promise.all([
      findings.count({ entityRefs, cutoffs: this.cutoffs() }),
      scans.listAsOf(entityRefs),
    ]);
    const counts = new Map(counted.map(item => [item.entityRef, item]));
    const summaries = entityRefs.map(entityRef =>
      toSummary(
        counts.get(entityRef) ?? noFindings(entityRef),
        asOf.get(entityRef),
      ),
    );
    await feed.put(summaries);
    return summaries;
  }

  /**
   * Counts every entity anew, because findings become overdue by themselves.
   */
  async updateAll(signal?: AbortSignal): Promise<void> {
    const { findings, scans } = this.options;
    const [counted, asOf] = await Promise.all([
      findings.count({ cutoffs: this.cutoffs() }),
      scans.listAsOf(),
    ]);
    const entityRefs = [
      ...new Set([...asOf.keys(), ...counted.map(item => item.entityRef)]),
    ];
    for (let start = 0; start < entityRefs.length; start += CHUNK) {
      signal?.throwIfAborted();
      await this.update(entityRefs.slice(start, start + CHUNK));
    }
  }

  listSummaries(request: {
    cursor?: string;
    limit?: number;
  }): Promise<FindingsSummariesPage> {
    const { cursor, limit = DEFAULT_LIMIT } = request;
    return this.options.feed.list({ cursor, limit });
  }

  /** Before when findings must have been first seen to be overdue now. */
  cutoffs(): SeverityCutoffs {
    const cutoffs: SeverityCutoffs = {};
    for (const severity of FINDING_SEVERITIES) {
      const days = this.options.dueDays[severity];
      if (days !== undefined) {
        cutoffs[severity] = new Date(Date.now() - days * DAY_MS);
      }
    }
    return cutoffs;
  }
}

function toSummary(counts: FindingCounts, asOf?: Date): FindingsSummary {
  const { entityRef, open, overdue } = counts;
  return {
    entityRef,
    openCritical: open.critical,
    openHigh: open.high,
    openTotal: Object.values(open).reduce((sum, count) => sum + count, 0),
    overdue,
    asOf: asOf?.toISOString(),
  };
}

function toSourceState(scan: Scan, open: number): SourceState {
  const source: FindingSource = scan.source;
  return {
    source,
    category: scan.category || undefined,
    condition: scan.condition,
    asOf: scan.asOf?.toISOString(),
    staleReason: scan.reason,
    open,
  };
}
