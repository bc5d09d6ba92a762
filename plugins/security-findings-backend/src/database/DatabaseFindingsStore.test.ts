import { TestDatabases } from '@backstage/backend-test-utils';
import { reuseDatabase } from '@forkyard/backend-kit/testUtils';
import {
  compareFindings,
  FINDING_SEVERITIES,
} from '@forkyard/plugin-security-findings-common';
import type { Knex } from 'knex';
import { createTestStores, report } from '../__testUtils__/createTestStores';
import type { DatabaseFindingsStore } from './DatabaseFindingsStore';
import type { FindingsFilter, HeldFinding, Sighting } from './FindingsStore';
import { listFindings } from './operations/listFindings';

const databases = reuseDatabase(TestDatabases.create({ ids: ['POSTGRES_18'] }));
const entityRef = 'component:default/shop';
const base: Sighting = {
  entityRef,
  source: 'dependabot',
  category: '',
  reports: [],
  complete: true,
  confirmed: false,
};
const many = (count: number, prefix = 'f') =>
  Array.from({ length: count }, (_, index) => report(`${prefix}${index}`));

describe('DatabaseFindingsStore', () => {
  let knex: Knex;
  let store: DatabaseFindingsStore;

  beforeEach(async () => {
    knex = await databases.init('POSTGRES_18');
    store = (await createTestStores(knex)).findings;
  });

  const list = (filter: Partial<FindingsFilter> = {}) =>
    store.list({ entityRef, states: ['open'], limit: 100, ...filter });
  const keys = async (filter?: Partial<FindingsFilter>) =>
    (await list(filter)).map(({ fingerprint }) => fingerprint).sort();

  describe('what a source reports', () => {
    it('opens once, keeps its id and its first sighting, and is fixed when a complete look lacks it', async () => {
      const first = await store.applySighting({
        ...base,
        reports: [report('a'), report('b')],
      });
      expect(first).toMatchObject({ fixed: 0, unconfirmed: false });
      expect(first.opened.map(finding => finding.fingerprint).sort()).toEqual([
        'a',
        'b',
      ]);
      const again = await store.applySighting({
        ...base,
        reports: [report('a', { title: 'New words' })],
      });
      expect(again).toMatchObject({ opened: [], fixed: 1 });
      const [open] = await list();
      const before = first.opened.find(
        ({ fingerprint }) => fingerprint === 'a',
      );
      expect(open).toMatchObject({
        id: before!.id,
        title: 'New words',
        firstSeenAt: before!.firstSeenAt,
      });
      expect(await list({ states: ['fixed'] })).toMatchObject([
        { fingerprint: 'b', fixedAt: expect.any(Date) },
      ]);

      const back = await store.applySighting({
        ...base,
        reports: [report('a'), report('b')],
      });
      expect(back.opened).toMatchObject([
        { fingerprint: 'b', state: 'open', fixedAt: undefined },
      ]);
    });

    it('stays open while another source still reports it', async () => {
      await store.applySighting({ ...base, reports: [report('a')] });
      const joined = await store.applySighting({
        ...base,
        source: 'sarif',
        category: 'trivy',
        reports: [report('a', { severity: 'critical' })],
      });
      expect(joined.opened).toEqual([]);
      expect(await list()).toMatchObject([
        { sources: ['dependabot', 'sarif'], severity: 'critical' },
      ]);
      await store.applySighting(base);
      expect(await list()).toMatchObject([
        { state: 'open', source: 'sarif', sources: ['sarif'] },
      ]);
      await store.applySighting({
        ...base,
        source: 'sarif',
        category: 'other',
      });
      expect(await keys()).toEqual(['a']);
      await store.applySighting({
        ...base,
        source: 'sarif',
        category: 'trivy',
      });
      expect(await keys()).toEqual([]);
    });

    it('closes nothing after a look that was not complete, nor in files that were left out', async () => {
      await store.applySighting({
        ...base,
        reports: [
          report('a', { location: { path: 'large.js' } }),
          report('b', { location: { path: 'small.js' } }),
        ],
      });
      await store.applySighting({ ...base, complete: false });
      expect(await keys()).toEqual(['a', 'b']);
      await store.applySighting({
        ...base,
        unseenPaths: new Set(['large.js']),
      });
      expect(await keys()).toEqual(['a']);
    });

    it('closes nothing when far less is told, until that is confirmed', async () => {
      await store.applySighting({ ...base, reports: many(10) });
      const dropped = await store.applySighting(base);
      expect(dropped).toEqual({ opened: [], fixed: 0, unconfirmed: true });
      expect(await keys()).toHaveLength(10);
      const confirmed = await store.applySighting({ ...base, confirmed: true });
      expect(confirmed).toMatchObject({ fixed: 10, unconfirmed: false });
    });

    it('makes one finding of twins, at the first of their places', async () => {
      await store.applySighting({
        ...base,
        reports: [
          report('a', { location: { path: 'b.js', line: 1 } }),
          report('a', { location: { path: 'a.js', line: 20 } }),
          report('a', { location: { path: 'a.js', line: 3 } }),
        ],
      });
      expect(await list()).toMatchObject([
        { location: { path: 'a.js', line: 3 } },
      ]);
    });

    it('takes the time of the source when it is earlier', async () => {
      const since = '2026-01-05T00:00:00.000Z';
      await store.applySighting({ ...base, reports: [report('a', { since })] });
      const [finding] = await list();
      expect(finding.firstSeenAt.toISOString()).toBe(since);
    });

    it('is merged one look after the other when two arrive at once', async () => {
      const looks = Array.from({ length: 8 }, (_, index) =>
        store.applySighting({
          ...base,
          source: index % 2 ? 'sarif' : 'dependabot',
          category: index % 2 ? `c${index}` : '',
          reports: many(50),
        }),
      );
      const outcomes = await Promise.all(looks);
      const opened = outcomes.flatMap(outcome => outcome.opened);
      expect(opened).toHaveLength(50);
      expect(await keys()).toHaveLength(50);
    });
  });

  describe('a waiver', () => {
    const waiver = (milliseconds: number) => ({
      reason: 'Not reachable from outside',
      by: 'user:default/ana',
      expiresAt: new Date(Date.now() + milliseconds),
    });

    async function openOne(): Promise<HeldFinding> {
      const { opened } = await store.applySighting({
        ...base,
        reports: [report('a')],
      });
      return opened[0];
    }

    it('holds while the finding is seen again, and ends when taken back', async () => {
      const { id } = await openOne();
      expect(await store.waive(id, waiver(60_000))).toMatchObject({
        state: 'waived',
        waiver: { by: 'user:default/ana' },
      });
      await store.applySighting({
        ...base,
        reports: [report('a', { title: 'New words' })],
      });
      expect(await list({ states: ['waived'] })).toMatchObject([
        { title: 'New words' },
      ]);
      expect(await store.unwaive(id)).toMatchObject({ state: 'open' });
      expect(await store.unwaive(id)).toBeUndefined();
    });

    it('ends by itself, once', async () => {
      const { id } = await openOne();
      await store.waive(id, waiver(60_000));
      expect(await store.expireWaivers()).toEqual([]);
      await knex('findings').update({ waiver_expires_at: new Date(0) });
      expect(await store.expireWaivers()).toMatchObject([
        { id, state: 'open' },
      ]);
      expect(await store.expireWaivers()).toEqual([]);
    });

    it('is not possible for what is fixed', async () => {
      const { id } = await openOne();
      await store.applySighting(base);
      expect(await store.waive(id, waiver(60_000))).toBeUndefined();
    });

    it('is still in force when the finding comes back from a fix', async () => {
      const { id } = await openOne();
      await store.waive(id, waiver(60_000));
      await store.applySighting(base);
      const { opened } = await store.applySighting({
        ...base,
        reports: [report('a')],
      });
      expect(opened).toEqual([]);
      expect(await list({ states: ['waived'] })).toMatchObject([{ id }]);
    });
  });

  describe('with 10,000 findings', () => {
    async function fill() {
      const reports = Array.from({ length: 10_000 }, (_, index) =>
        report(`f${index}`, {
          severity: FINDING_SEVERITIES[index % 5],
          title: index % 1000 === 0 ? `100%_ special ${index}` : 'Common',
          since: new Date(
            1.7e12 + ((index * 7919) % 10_000) * 60_000,
          ).toISOString(),
        }),
      );
      await store.applySighting({ ...base, reports });
      await knex.raw('analyze findings');
    }

    it('pages through all in order and from the index', async () => {
      await fill();
      const found: HeldFinding[] = [];
      for (;;) {
        const last = found.at(-1);
        const page = await list({
          limit: 2500,
          after: last && {
            severityRank: FINDING_SEVERITIES.indexOf(last.severity),
            firstSeenAt: last.firstSeenAt,
            id: last.id,
          },
        });
        if (page.length === 0) break;
        found.push(...page);
      }
      expect(new Set(found.map(({ id }) => id)).size).toBe(10_000);
      const rank = ({ id, severity, firstSeenAt }: HeldFinding) => ({
        id,
        severity,
        firstSeenAt: firstSeenAt.toISOString(),
      });
      const isOrdered = found
        .slice(1)
        .every(
          (finding, index) =>
            compareFindings(rank(found[index]), rank(finding)) < 0,
        );
      expect(isOrdered).toBe(true);

      const query = listFindings(knex, {
        entityRef,
        states: ['open', 'waived'],
        after: {
          severityRank: 2,
          firstSeenAt: found[5000].firstSeenAt,
          id: found[5000].id,
        },
        limit: 26,
      })
        .toSQL()
        .toNative();
      const { rows } = await knex.raw<{ rows: { 'QUERY PLAN': string }[] }>(
        `explain (analyze) ${knex.raw(query.sql.replace(/\$\d+/g, '?'), query.bindings as never).toString()}`,
      );
      const plan = rows.map(row => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index Scan using findings_(page|open)/);
      expect(plan).not.toMatch(/Seq Scan|Sort \(|Incremental Sort/);
    });

    it('filters by severity, source, due date and words, taking % and _ literally', async () => {
      await fill();
      expect(
        await list({ severities: ['critical'], limit: 3000 }),
      ).toHaveLength(2000);
      expect(await list({ sources: ['sarif'] })).toEqual([]);
      expect(await list({ search: '100%_ SPECIAL' })).toHaveLength(10);
      expect(await list({ search: '100%%special' })).toEqual([]);
      const cutoff = new Date(1.7e12 + 100 * 60_000);
      const overdue = await list({
        overdue: { critical: cutoff, low: cutoff },
      });
      expect(overdue.length).toBeGreaterThan(0);
      expect(
        overdue.every(
          ({ severity, firstSeenAt }) =>
            ['critical', 'low'].includes(severity) && firstSeenAt < cutoff,
        ),
      ).toBe(true);
      const [counts] = await store.count({
        cutoffs: { critical: cutoff, low: cutoff },
      });
      expect(counts).toMatchObject({
        open: { critical: 2000, unknown: 2000 },
        waived: 0,
        overdue: overdue.length,
      });
    });
  });
});
