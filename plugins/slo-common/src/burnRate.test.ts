import fc from 'fast-check';
import { burnRate, burnRules, evaluateBurn, type BurnRule } from './burnRate';
import type { RequestCounts } from './errorBudget';

const [PAGE] = burnRules({ windowDays: 30 });

const counts = (bad: number, total: number): RequestCounts => ({
  good: total - bad,
  total,
});

const arbitraryCounts = fc
  .tuple(fc.nat({ max: 1_000_000 }), fc.nat({ max: 1_000_000 }))
  .map(([one, other]) => counts(Math.min(one, other), Math.max(one, other)));

const arbitraryRule = fc
  .integer({ min: 1, max: 90 })
  .chain(windowDays => fc.constantFrom(...burnRules({ windowDays })));

const arbitraryObjective = fc.double({
  min: 0.5,
  max: 0.99999,
  noNaN: true,
});

function evaluate(input: {
  rule?: BurnRule;
  long?: RequestCounts;
  short?: RequestCounts;
  wasFiring?: boolean;
  minimumBadRequests?: number;
}) {
  return evaluateBurn({
    rule: PAGE,
    objective: 0.999,
    long: undefined,
    short: undefined,
    wasFiring: false,
    ...input,
  });
}

describe('burnRules', () => {
  it("is the workbook's table for 30 days", () => {
    expect(burnRules({ windowDays: 30 })).toEqual([
      {
        severity: 'page',
        longWindowMinutes: 60,
        shortWindowMinutes: 5,
        factor: 14.4,
        budgetConsumed: 0.02,
      },
      {
        severity: 'page',
        longWindowMinutes: 360,
        shortWindowMinutes: 30,
        factor: 6,
        budgetConsumed: 0.05,
      },
      {
        severity: 'ticket',
        longWindowMinutes: 1440,
        shortWindowMinutes: 120,
        factor: 3,
        budgetConsumed: 0.1,
      },
      {
        severity: 'ticket',
        longWindowMinutes: 4320,
        shortWindowMinutes: 360,
        factor: 1,
        budgetConsumed: 0.1,
      },
    ]);
  });

  it('keeps the windows and the share of the budget for other lengths', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 365 }), windowDays => {
        for (const rule of burnRules({ windowDays })) {
          expect(rule.longWindowMinutes).toBe(rule.shortWindowMinutes * 12);
          expect(rule.factor).toBeGreaterThanOrEqual(1);
          const consumed =
            (rule.factor * rule.longWindowMinutes) / (windowDays * 1440);
          const atFloor = rule.longWindowMinutes / (windowDays * 1440);
          expect(consumed).toBeCloseTo(
            Math.max(rule.budgetConsumed, atFloor),
            9,
          );
        }
      }),
    );
    expect(
      burnRules({ windowDays: 28 }).map(({ factor }) => factor.toFixed(2)),
    ).toEqual(['13.44', '5.60', '2.80', '1.00']);
  });

  it('shortens the windows for a rehearsal, and never below a minute', () => {
    expect(
      burnRules({ windowDays: 30, windowScale: 0.05 }).map(rule => [
        rule.longWindowMinutes,
        rule.shortWindowMinutes,
        rule.factor.toFixed(1),
      ]),
    ).toEqual([
      [3, 1, '14.4'],
      [18, 2, '6.0'],
      [72, 6, '3.0'],
      [216, 18, '1.0'],
    ]);
  });
});

describe('burnRate', () => {
  it('is 1 when exactly the share that may fail does fail', () => {
    expect(burnRate(counts(1, 1000), 0.999)).toBeCloseTo(1, 9);
    expect(burnRate(counts(1000, 1000), 0.999)).toBeCloseTo(1000, 6);
    expect(burnRate(counts(0, 1000), 0.999)).toBe(0);
  });

  it('is unknown without requests, and not zero', () => {
    expect(burnRate(counts(0, 0), 0.999)).toBeUndefined();
    expect(burnRate(undefined, 0.999)).toBeUndefined();
  });

  it('grows with every bad request', () => {
    fc.assert(
      fc.property(arbitraryCounts, arbitraryObjective, (some, objective) => {
        fc.pre(some.good > 0);
        const worse = { good: some.good - 1, total: some.total };
        expect(burnRate(worse, objective)!).toBeGreaterThan(
          burnRate(some, objective)!,
        );
      }),
    );
  });
});

describe('evaluateBurn', () => {
  it('fires only when both windows exceed the factor', () => {
    const burning = counts(20, 1000);
    const calm = counts(1, 1000);
    const exactly = counts(144, 10_000);
    expect(evaluate({ long: burning, short: burning }).firing).toBe(true);
    expect(evaluate({ long: burning, short: calm }).firing).toBe(false);
    expect(evaluate({ long: calm, short: burning }).firing).toBe(false);
    expect(
      evaluate({
        rule: { ...PAGE, factor: burnRate(exactly, 0.999)! },
        long: exactly,
        short: burning,
      }).firing,
    ).toBe(false);
  });

  it('ends soon after the trouble, by the short window alone', () => {
    expect(
      evaluate({
        long: counts(20, 1000),
        short: counts(0, 100),
        wasFiring: true,
      }).firing,
    ).toBe(false);
  });

  it('does not let a few bad requests of a quiet service begin an alert', () => {
    const quiet = { long: counts(4, 20), short: counts(4, 20) };
    expect(evaluate(quiet)).toMatchObject({
      firing: false,
      heldBack: 'low-traffic',
    });
    expect(evaluate({ ...quiet, wasFiring: true })).toMatchObject({
      firing: true,
    });
    expect(evaluate({ ...quiet, minimumBadRequests: 4 }).firing).toBe(true);
    const five = { long: counts(5, 20), short: counts(4, 20) };
    expect(evaluate(five)).not.toHaveProperty('heldBack');
    expect(evaluate(five).firing).toBe(true);
  });

  it('keeps an alert as it was while a window is unmeasured or silent', () => {
    fc.assert(
      fc.property(
        arbitraryRule,
        arbitraryCounts,
        fc.constantFrom(undefined, counts(0, 0)),
        fc.boolean(),
        (rule, some, nothing, wasFiring) => {
          for (const windows of [
            { long: some, short: nothing },
            { long: nothing, short: some },
            { long: nothing, short: nothing },
          ]) {
            expect(evaluate({ rule, ...windows, wasFiring }).firing).toBe(
              wasFiring,
            );
          }
        },
      ),
    );
  });

  it('never begins below the factor, and never ends above it', () => {
    fc.assert(
      fc.property(
        arbitraryRule,
        arbitraryObjective,
        arbitraryCounts,
        arbitraryCounts,
        fc.boolean(),
        (rule, objective, long, short, wasFiring) => {
          fc.pre(long.total > 0 && short.total > 0);
          const state = evaluateBurn({
            rule,
            objective,
            long,
            short,
            wasFiring,
          });
          const exceeds =
            state.longBurnRate! > rule.factor &&
            state.shortBurnRate! > rule.factor;
          expect([state.firing, exceeds]).not.toEqual([true, false]);
          expect([state.firing, exceeds && wasFiring]).not.toEqual([
            false,
            true,
          ]);
        },
      ),
    );
  });
});
