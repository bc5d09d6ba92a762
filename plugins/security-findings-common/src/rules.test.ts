import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { DEFAULT_DUE_DAYS, dueDate } from './dueDate';
import { fingerprint, secretHash, type FindingIdentity } from './fingerprint';
import { mergeReports, type SourcedReport } from './mergeReports';
import { compareFindings } from './order';
import {
  FINDING_SEVERITIES,
  severityOfCvss,
  severityOfSarif,
  severityOfWord,
  severityRank,
} from './severity';
import { isSuddenDrop } from './suddenDrop';
import { FINDING_SOURCES } from './types';
import { findWaiverFaults } from './waiver';

const sha256 = (text: string) =>
  createHash('sha256').update(text).digest('hex');

const code: Extract<FindingIdentity, { kind: 'code' }> = {
  kind: 'code',
  rule: 'js/sql-injection',
  path: 'src/db.ts',
  message: 'Query built from user input at line 10, column 4',
  ordinal: 0,
};

describe('fingerprint', () => {
  it('is 32 hex digits, and the same for the same problem', () => {
    expect(fingerprint(code, sha256)).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint({ ...code }, sha256)).toBe(fingerprint(code, sha256));
  });

  it('survives moved lines, whatever numbers the message mentions', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (line, column) => {
        const moved = `Query built  from user input at line ${line}, column ${column}`;
        expect(fingerprint({ ...code, message: moved }, sha256)).toBe(
          fingerprint(code, sha256),
        );
      }),
    );
  });

  it('differs when anything that names the problem differs', () => {
    const others: FindingIdentity[] = [
      code,
      { ...code, rule: 'js/xss' },
      { ...code, path: 'src/db2.ts' },
      { ...code, message: 'Something else' },
      { ...code, ordinal: 1 },
      { kind: 'secret', valueHash: 'ab' },
      { kind: 'hidden-secret', type: 'ab', path: '' },
      { kind: 'header', header: 'ab' },
      { kind: 'license', package: 'ab', license: '' },
      {
        kind: 'vulnerability',
        package: 'lodash',
        advisory: 'GHSA-1',
      },
      {
        kind: 'vulnerability',
        package: 'lodash-es',
        advisory: 'GHSA-1',
      },
    ];
    const all = others.map(identity => fingerprint(identity, sha256));
    expect(new Set(all).size).toBe(others.length);
  });

  it('cannot be made equal by moving text from one part to another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => {
        const one = { kind: 'license', package: a + b, license: c } as const;
        const two = { kind: 'license', package: a, license: b + c } as const;
        fc.pre(
          b !== '' && one.license.toUpperCase() !== two.license.toUpperCase(),
        );
        expect(fingerprint(one, sha256)).not.toBe(fingerprint(two, sha256));
      }),
    );
  });

  it('knows a secret again without keeping it', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), value => {
        const hash = secretHash(value, sha256);
        expect(hash).toMatch(/^[0-9a-f]{16}$/);
        expect(secretHash(` ${value}\n`, sha256)).toBe(hash);
      }),
    );
    expect(secretHash('first-secret', sha256)).not.toBe(
      secretHash('other-secret', sha256),
    );
  });
});

describe('severity', () => {
  it.each([
    [10, 'critical'],
    [9, 'critical'],
    [8.9, 'high'],
    [7, 'high'],
    [6.9, 'medium'],
    [4, 'medium'],
    [3.9, 'low'],
    [0.1, 'low'],
    [0, 'unknown'],
    [-1, 'unknown'],
    [10.1, 'unknown'],
    [Number.NaN, 'unknown'],
  ])('rates a CVSS score of %s as %s', (score, severity) => {
    expect(severityOfCvss(score)).toBe(severity);
  });

  it('never rates a higher score as less severe', () => {
    const scores = fc.double({ min: 0.1, max: 10, noNaN: true });
    fc.assert(
      fc.property(scores, scores, (left, right) => {
        const [low, high] = [left, right].sort((a, b) => a - b);
        expect(severityRank(severityOfCvss(high))).toBeLessThanOrEqual(
          severityRank(severityOfCvss(low)),
        );
      }),
    );
  });

  it('prefers the security severity of a SARIF rule to the level', () => {
    expect(severityOfSarif({ level: 'note', securitySeverity: '9.8' })).toBe(
      'critical',
    );
    expect(severityOfSarif({ level: 'error' })).toBe('high');
    expect(severityOfSarif({ level: 'warning', securitySeverity: 'x' })).toBe(
      'medium',
    );
    expect(severityOfSarif({ level: 'note' })).toBe('low');
    expect(severityOfSarif({ level: 'none' })).toBe('unknown');
    expect(severityOfSarif({})).toBe('unknown');
  });

  it('takes no word for a severity that only JavaScript knows', () => {
    expect(severityOfWord('constructor')).toBe('unknown');
    expect(severityOfWord('Moderate')).toBe('medium');
    expect(severityOfWord(null)).toBe('unknown');
  });
});

describe('dueDate', () => {
  it('counts the days from the first sighting, and sets none for unknown', () => {
    const firstSeenAt = new Date('2026-11-21T10:00:00Z');
    const due = FINDING_SEVERITIES.map(severity =>
      dueDate({ firstSeenAt, severity, dueDays: DEFAULT_DUE_DAYS })
        ?.toISOString()
        .slice(0, 10),
    );
    expect(due).toEqual([
      '2026-11-28',
      '2026-12-21',
      '2027-02-19',
      '2027-05-20',
      undefined,
    ]);
  });
});

describe('compareFindings', () => {
  const ranks = fc.record({
    id: fc.uuid(),
    severity: fc.constantFrom(...FINDING_SEVERITIES),
    firstSeenAt: fc
      .date({
        min: new Date('2025-01-01'),
        max: new Date('2027-01-01'),
        noInvalidDate: true,
      })
      .map(date => date.toISOString()),
  });

  it('puts the worst first, then the overdue, then the oldest', () => {
    fc.assert(
      fc.property(fc.array(ranks), findings => {
        const now = new Date('2026-06-01');
        const sorted = [...findings].sort(compareFindings);
        sorted.slice(1).forEach((right, index) => {
          const left = sorted[index];
          const order =
            severityRank(left.severity) - severityRank(right.severity);
          expect(order).toBeLessThanOrEqual(0);
          if (order !== 0) return;
          const [due, nextDue] = [left, right].map(
            ({ firstSeenAt, severity }) =>
              dueDate({
                firstSeenAt: new Date(firstSeenAt),
                severity,
                dueDays: DEFAULT_DUE_DAYS,
              }),
          );
          const isOverdue = (at?: Date) => at !== undefined && at < now;
          expect(isOverdue(due) || !isOverdue(nextDue)).toBe(true);
          expect(left.firstSeenAt <= right.firstSeenAt).toBe(true);
        });
      }),
    );
  });
});

describe('mergeReports', () => {
  const report = fc.record(
    {
      source: fc.constantFrom(...FINDING_SOURCES),
      fingerprint: fc.constant('f'),
      rule: fc.string(),
      title: fc.string(),
      severity: fc.constantFrom(...FINDING_SEVERITIES),
      identifiers: fc.array(fc.constantFrom('CVE-1', 'GHSA-2', 'CWE-3')),
      description: fc.string(),
      fix: fc.string(),
      since: fc.constantFrom(
        '2026-01-01T00:00:00.000Z',
        '2026-02-01T00:00:00.000Z',
      ),
    },
    {
      requiredKeys: [
        'source',
        'fingerprint',
        'rule',
        'title',
        'severity',
        'identifiers',
      ],
    },
  );
  const reports = fc.array(report, { minLength: 1, maxLength: 6 });
  type Reports = [SourcedReport, ...SourcedReport[]];

  it('says the same whatever the order of the reports', () => {
    fc.assert(
      fc.property(reports, fc.nat(), (list, seed) => {
        const shuffled = [...list].sort((a, b) =>
          sha256(JSON.stringify([a, seed])).localeCompare(
            sha256(JSON.stringify([b, seed])),
          ),
        );
        const sorted = ({ identifiers, ...rest }: SourcedReport) => ({
          ...rest,
          identifiers: [...identifiers].sort(),
        });
        expect(sorted(mergeReports(shuffled as Reports))).toEqual(
          sorted(mergeReports(list as Reports)),
        );
      }),
    );
  });

  it('loses no identifier, takes the worst severity and the earliest time', () => {
    fc.assert(
      fc.property(reports, list => {
        const merged = mergeReports(list as Reports);
        expect(new Set(merged.identifiers)).toEqual(
          new Set(list.flatMap(({ identifiers }) => identifiers)),
        );
        expect(severityRank(merged.severity)).toBe(
          Math.min(...list.map(({ severity }) => severityRank(severity))),
        );
        const sinces = list.flatMap(({ since }) => since ?? []);
        expect(merged.since).toBe(sinces.sort()[0]);
      }),
    );
  });

  it('prefers the words of GitHub to those of our own scan', () => {
    const base = { fingerprint: 'f', rule: 'r', identifiers: [] };
    const merged = mergeReports([
      {
        ...base,
        source: 'secrets',
        title: 'Ours',
        severity: 'high',
        location: { path: 'config.js', line: 3 },
      },
      {
        ...base,
        source: 'secret-scanning',
        title: "GitHub's",
        severity: 'critical',
      },
    ]);
    expect(merged).toMatchObject({
      source: 'secret-scanning',
      sources: ['secret-scanning', 'secrets'],
      title: "GitHub's",
      severity: 'critical',
      location: { path: 'config.js', line: 3 },
    });
  });
});

describe('isSuddenDrop', () => {
  it.each([
    [9, 0, false],
    [10, 0, true],
    [10, 4, true],
    [10, 5, false],
    [10, 20, false],
    [0, 0, false],
  ])('with %s held and %s told says %s', (held, told, sudden) => {
    expect(isSuddenDrop({ held, told })).toBe(sudden);
  });
});

describe('findWaiverFaults', () => {
  const now = new Date('2026-11-21T12:00:00Z');
  const reason = 'Only reachable from the internal network';
  const check = (given: { reason?: string; expiresAt?: string }) =>
    findWaiverFaults({
      reason,
      expiresAt: '2026-12-31T00:00:00Z',
      now,
      ...given,
    });

  it('lets a reasoned waiver of at most a year pass', () => {
    expect(check({})).toEqual({});
    expect(check({ expiresAt: '2027-11-21T12:00:00Z' })).toEqual({});
  });

  it.each([
    [{ reason: '   short    ' }, 'reason'],
    [{ reason: 'x'.repeat(1001) }, 'reason'],
    [{ expiresAt: 'tomorrow' }, 'expiresAt'],
    [{ expiresAt: '2026-11-21T12:00:00Z' }, 'expiresAt'],
    [{ expiresAt: '2027-11-23T12:00:00Z' }, 'expiresAt'],
  ])('finds fault with %j', (given, field) => {
    expect(check(given)).toEqual({ [field]: expect.any(String) });
  });
});
