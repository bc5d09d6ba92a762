import { NotFoundError } from '@backstage/errors';
import {
  compareFindings,
  DEFAULT_DUE_DAYS,
  dueDate,
  FINDING_SEVERITIES,
  type EntityFindingsSummary,
  type Finding,
  type FindingSeverity,
  type FindingSource,
  type ListFindingsRequest,
  type SarifUploadRequest,
  type SecurityFindingsApi,
  type SourceState,
} from '@forkyard/plugin-security-findings-common';

const dayMs = 24 * 60 * 60_000;

interface Seed {
  source: FindingSource;
  severity: FindingSeverity;
  daysAgo: number;
  rule: string;
  title: string;
  path?: string;
  fix?: string;
  identifiers?: string[];
}

const seeds: Seed[] = [
  {
    source: 'dependabot',
    severity: 'critical',
    daysAgo: 12,
    rule: 'GHSA-xvch-5gv4-984h',
    title: 'Prototype pollution in minimist',
    path: 'package-lock.json',
    fix: 'Upgrade minimist to 1.2.6 or newer.',
    identifiers: ['CVE-2021-44906', 'CWE-1321'],
  },
  {
    source: 'secret-scanning',
    severity: 'critical',
    daysAgo: 2,
    rule: 'github_personal_access_token',
    title: 'GitHub personal access token in the repository',
    path: 'scripts/release.sh',
    fix: 'Revoke the token where it was issued, then take it out of the file.',
  },
  {
    source: 'code-scanning',
    severity: 'high',
    daysAgo: 20,
    rule: 'js/sql-injection',
    title: 'Query built from <b>user input</b>',
    path: 'src/server.js',
  },
  {
    source: 'headers',
    severity: 'medium',
    daysAgo: 5,
    rule: 'content-security-policy',
    title: 'The live URL sends no Content-Security-Policy',
    fix: 'Send the header with every page.',
  },
];

/** Enough of one kind that the list has further pages. */
const many: Seed[] = Array.from({ length: 60 }, (_, index) => ({
  source: 'licenses',
  severity: 'low',
  daysAgo: index,
  rule: 'license-unknown',
  title: `Package number ${index + 1} says no license`,
  path: 'package-lock.json',
}));

function toFinding(entityRef: string, seed: Seed, index: number): Finding {
  const firstSeenAt = new Date(Date.now() - seed.daysAgo * dayMs);
  const due = dueDate({
    firstSeenAt,
    severity: seed.severity,
    dueDays: DEFAULT_DUE_DAYS,
  });
  return {
    id: `${index}`,
    entityRef,
    source: seed.source,
    sources: [seed.source],
    rule: seed.rule,
    title: seed.title,
    severity: seed.severity,
    state: 'open',
    location: seed.path ? { path: seed.path, line: 3 } : undefined,
    identifiers: seed.identifiers ?? [],
    fix: seed.fix,
    firstSeenAt: firstSeenAt.toISOString(),
    lastSeenAt: new Date().toISOString(),
    dueAt: due?.toISOString(),
    overdue: due !== undefined && due.getTime() < Date.now(),
    url: 'https://github.com/',
    fingerprint: `${index}`.padStart(64, '0'),
  };
}

/** Findings of one component; those whose names say so have none or fail. */
export class MemorySecurityFindingsApi implements SecurityFindingsApi {
  readonly #byEntity = new Map<string, Finding[]>();

  async listFindings(request: ListFindingsRequest) {
    const { states = ['open'], severities, sources, search = '' } = request;
    const start = Number(request.cursor ?? 0);
    const end = start + (request.limit ?? 25);
    const found = this.#findings(request.entityRef)
      .filter(
        finding =>
          states.includes(finding.state) &&
          (!severities || severities.includes(finding.severity)) &&
          (!sources || sources.includes(finding.source)) &&
          (!request.overdue || finding.overdue) &&
          JSON.stringify(finding).includes(search),
      )
      .sort(compareFindings);
    return {
      items: found.slice(start, end),
      nextCursor: end < found.length ? `${end}` : undefined,
    };
  }

  async getFinding({ id }: { id: string }): Promise<Finding> {
    const found = [...this.#byEntity.values()]
      .flat()
      .find(finding => finding.id === id);
    if (!found) throw new NotFoundError(`There is no finding '${id}'`);
    return found;
  }

  async getSummary(request: {
    entityRef: string;
  }): Promise<EntityFindingsSummary> {
    const { entityRef } = request;
    if (entityRef.endsWith('/broken-studio')) {
      throw new Error('The database of findings does not answer');
    }
    const findings = this.#findings(entityRef);
    const open = findings.filter(({ state }) => state === 'open');
    const count = (severity: FindingSeverity) =>
      open.filter(finding => finding.severity === severity).length;
    const counts = Object.fromEntries(
      FINDING_SEVERITIES.map(severity => [severity, count(severity)]),
    ) as Record<FindingSeverity, number>;
    return {
      entityRef,
      openCritical: counts.critical,
      openHigh: counts.high,
      openTotal: open.length,
      overdue: open.filter(({ overdue }) => overdue).length,
      asOf: new Date().toISOString(),
      open: counts,
      waived: findings.length - open.length,
      dueDays: DEFAULT_DUE_DAYS,
      sources: this.#sources(open),
    };
  }

  async waiveFinding(request: {
    id: string;
    reason: string;
    expiresAt: string;
  }) {
    const { id, reason, expiresAt } = request;
    const at = new Date().toISOString();
    const waiver = { reason, expiresAt, by: 'user:development/guest', at };
    const finding = await this.getFinding({ id });
    return Object.assign(finding, { state: 'waived', overdue: false, waiver });
  }

  async unwaiveFinding({ id }: { id: string }) {
    const finding = await this.getFinding({ id });
    return Object.assign(finding, { state: 'open', waiver: undefined });
  }

  async uploadSarif({ entityRef, category }: SarifUploadRequest) {
    return {
      entityRef,
      category,
      results: 0,
      opened: 0,
      fixed: 0,
      unconfirmed: false,
    };
  }

  async refreshEntity(request: { entityRef: string }) {
    return this.getSummary(request);
  }

  async listSummaries() {
    return { items: [], cursor: '', hasMore: false };
  }

  #findings(entityRef: string): Finding[] {
    const isEmpty = entityRef.endsWith('/empty-studio');
    const known =
      this.#byEntity.get(entityRef) ??
      (isEmpty ? [] : [...seeds, ...many]).map((seed, index) =>
        toFinding(entityRef, seed, index),
      );
    this.#byEntity.set(entityRef, known);
    return known;
  }

  #sources(open: Finding[]): SourceState[] {
    const state = (
      source: FindingSource,
      rest: Partial<SourceState> = {},
    ): SourceState => ({
      source,
      condition: 'on',
      asOf: new Date().toISOString(),
      open: open.filter(finding => finding.source === source).length,
      ...rest,
    });
    return [
      state('code-scanning'),
      state('dependabot'),
      state('secret-scanning', {
        condition: 'failing',
        asOf: new Date(Date.now() - dayMs).toISOString(),
        staleReason: 'GitHub did not answer in time.',
      }),
      state('licenses'),
      state('headers'),
    ];
  }
}
