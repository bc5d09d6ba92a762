import type { Entity } from '@backstage/catalog-model';
import type {
  EntityFindingsSummary,
  Finding,
  SecurityFindingsApi,
  SourceState,
} from '@forkyard/plugin-security-findings-common';

export const entityRef = 'component:default/image-studio';

export const entity: Entity = {
  apiVersion: 'backstage.io/v1alpha1',
  kind: 'Component',
  metadata: {
    name: 'image-studio',
    namespace: 'default',
    title: 'Image studio',
    annotations: { 'github.com/project-slug': 'acme/image-studio' },
  },
  spec: { type: 'service', owner: 'group:default/platform' },
};

/** An open finding of high severity, unless told otherwise. */
export function createFinding(
  overrides: Partial<Finding> & { id: string },
): Finding {
  return {
    entityRef,
    source: 'dependabot',
    sources: ['dependabot'],
    rule: 'GHSA-35jh-r3h4-6jhm',
    title: `Finding ${overrides.id}`,
    severity: 'high',
    state: 'open',
    identifiers: ['CVE-2021-23337'],
    firstSeenAt: '2026-11-01T10:00:00.000Z',
    lastSeenAt: '2026-11-21T10:00:00.000Z',
    overdue: false,
    fingerprint: `${overrides.id}-fingerprint-0123456789`,
    ...overrides,
  };
}

export const critical = createFinding({
  id: 'critical',
  title: 'Prototype pollution in minimist',
  description: 'Sets properties of all objects.\nSecond line.',
  severity: 'critical',
  overdue: true,
  dueAt: '2026-11-08T10:00:00.000Z',
  location: { path: 'package-lock.json', line: 12 },
  package: { name: 'minimist', ecosystem: 'npm', version: '1.2.5' },
  fix: 'Upgrade minimist to 1.2.6 or newer.',
  url: 'https://github.example.com/acme/image-studio/security/dependabot/1',
});

export const high = createFinding({
  id: 'high',
  title: 'Token in a file',
  source: 'secret-scanning',
  sources: ['secret-scanning', 'secrets'],
});

export const waived = createFinding({
  id: 'waived',
  title: 'Missing header',
  source: 'headers',
  sources: ['headers'],
  state: 'waived',
  severity: 'low',
  waiver: {
    reason: 'The gateway sets it.',
    by: 'user:default/ana',
    at: '2026-11-10T10:00:00.000Z',
    expiresAt: '2027-02-10T23:59:59.000Z',
  },
});

export const sources: SourceState[] = [
  {
    source: 'dependabot',
    condition: 'on',
    asOf: '2026-11-21T10:00:00.000Z',
    open: 1,
  },
  {
    source: 'secret-scanning',
    condition: 'failing',
    asOf: '2026-11-20T10:00:00.000Z',
    staleReason: 'GitHub did not answer in time.',
    open: 1,
  },
  {
    source: 'sarif',
    category: 'semgrep',
    condition: 'unconfirmed',
    staleReason: 'The last report had far less.',
    open: 0,
  },
];

export function createSummary(
  overrides: Partial<EntityFindingsSummary> = {},
): EntityFindingsSummary {
  return {
    entityRef,
    openCritical: 1,
    openHigh: 1,
    openTotal: 2,
    overdue: 1,
    asOf: new Date().toISOString(),
    open: { critical: 1, high: 1, medium: 0, low: 0, unknown: 0 },
    waived: 1,
    dueDays: { critical: 7, high: 30, medium: 90, low: 180 },
    sources,
    ...overrides,
  };
}

export const cleanSummary = createSummary({
  openCritical: 0,
  openHigh: 0,
  openTotal: 0,
  overdue: 0,
  open: { critical: 0, high: 0, medium: 0, low: 0, unknown: 0 },
  waived: 0,
  sources: [sources[0]],
});

/** The port with answers that a test replaces one by one. */
export function createFindingsApi(
  overrides: Partial<SecurityFindingsApi> = {},
): jest.Mocked<SecurityFindingsApi> {
  const all = [critical, high, waived];
  const answers: SecurityFindingsApi = {
    listFindings: async ({ states = ['open'] }) => ({
      items: all.filter(({ state }) => states.includes(state)),
    }),
    getFinding: async () => critical,
    getSummary: async () => createSummary(),
    waiveFinding: async ({ id, reason, expiresAt }) => ({
      ...createFinding({ id }),
      state: 'waived',
      waiver: { ...waived.waiver!, reason, expiresAt },
    }),
    unwaiveFinding: async ({ id }) => createFinding({ id }),
    uploadSarif: async request => ({
      entityRef,
      category: request.category,
      results: 12,
      opened: 3,
      fixed: 1,
      unconfirmed: false,
    }),
    refreshEntity: async () => createSummary(),
    listSummaries: async () => ({ items: [], cursor: '', hasMore: false }),
    ...overrides,
  };
  return {
    listFindings: jest.fn(answers.listFindings),
    getFinding: jest.fn(answers.getFinding),
    getSummary: jest.fn(answers.getSummary),
    waiveFinding: jest.fn(answers.waiveFinding),
    unwaiveFinding: jest.fn(answers.unwaiveFinding),
    uploadSarif: jest.fn(answers.uploadSarif),
    refreshEntity: jest.fn(answers.refreshEntity),
    listSummaries: jest.fn(answers.listSummaries),
  };
}
