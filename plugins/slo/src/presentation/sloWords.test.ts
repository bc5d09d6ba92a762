import { createSlo, fromNow, hourMs } from '../__testUtils__/slos';
import {
  budgetTrend,
  formatBudget,
  formatRatio,
  formatSpan,
  formatWindow,
  sloSentence,
  answerForAll,
} from './sloWords';

describe('sloSentence', () => {
  it.each([
    [
      {},
      '99.93 % of 99.9 %, 31 % of budget left, runs out in 9 days at this rate',
    ],
    [
      { ratio: 1, budgetRemainingRatio: 1, exhaustsAt: undefined },
      '100.00 % of 99.9 %, 100 % of budget left, lasts at this rate',
    ],
    [
      { ratio: 0.9921, budgetRemainingRatio: -6.9, exhaustsAt: undefined },
      '99.21 % of 99.9 %, budget overspent by 690 %',
    ],
    [
      { ratio: undefined, budgetRemainingRatio: undefined },
      'Nothing was measured yet; the objective is 99.9 %',
    ],
  ])('of %j is %s', (overrides, sentence) => {
    expect(sloSentence(createSlo(overrides), new Date())).toBe(sentence);
  });

  it('stops counting down when the time is over', () => {
    const slo = createSlo({ exhaustsAt: fromNow(-1) });
    expect(budgetTrend(slo, new Date())).toBe('runs out now');
  });
});

describe('formatRatio', () => {
  it.each([
    [0.999, 0.999, '99.90 %'],
    [0.999, 0.998_999, '99.89 %'],
    [0.9999, 0.999_899, '99.989 %'],
    [0.95, 0.949_99, '94.99 %'],
    [0.99995, 0.999_949_999, '99.9949 %'],
  ])(
    'with an objective of %d never lets %d read as kept unless it is',
    (objective, ratio, text) => {
      expect(formatRatio(createSlo({ objective }), ratio)).toBe(text);
    },
  );
});

describe('formatBudget', () => {
  it.each([
    [1, '100 %'],
    [0.999, '99 %'],
    [0.29, '29 %'],
    [0.004, '< 1 %'],
    [0, '0 %'],
  ])('writes %d as %s', (ratio, text) => {
    expect(formatBudget(ratio)).toBe(text);
  });
});

describe('formatSpan and formatWindow', () => {
  it('use one unit that reads well', () => {
    expect(formatSpan(9.5 * 24 * hourMs)).toBe('9 days');
    expect(formatSpan(47 * hourMs)).toBe('47 hours');
    expect(formatSpan(1.9 * hourMs)).toBe('114 minutes');
    expect(formatSpan(5)).toBe('1 minute');
    expect([5, 60, 90, 4_320].map(formatWindow)).toEqual([
      '5 min',
      '1 h',
      '90 min',
      '3 d',
    ]);
  });
});

describe('answerForAll', () => {
  const ok = createSlo({ name: 'a', title: 'A', status: 'ok' });
  const unknown = createSlo({ name: 'b', title: 'B', status: 'unknown' });
  const exhausted = createSlo({ name: 'c', title: 'C', status: 'exhausted' });
  const lower = createSlo({
    name: 'd',
    title: 'D',
    status: 'ok',
    budgetRemainingRatio: 0.1,
  });

  it.each([
    [[], 'unknown', 'There are no SLOs yet.'],
    [[ok], 'healthy', 'The SLO is kept.'],
    [[ok, lower], 'healthy', 'All 2 SLOs are kept.'],
    [[unknown], 'unknown', 'Of 1 SLO nothing was measured yet: B.'],
    [
      [ok, unknown],
      'healthy',
      '1 of 2 SLOs is kept. Of 1 SLO nothing was measured yet: B.',
    ],
    [[ok, exhausted], 'failing', '1 of 2 SLOs has spent its error budget: C.'],
    [
      [exhausted, exhausted],
      'failing',
      'All 2 SLOs have spent their error budget: C, C.',
    ],
  ])('answers for %#', (slos, status, sentence) => {
    expect(answerForAll(slos)).toEqual({ status, sentence });
  });
});
