import { formatNumber, formatPercent } from './describeSlo';

describe('formatPercent', () => {
  it('shows what matters of a share, and takes little for neither all nor nothing', () => {
    expect(
      [1, 0.999, 0.99931, 0.9999999, 0.98765, 0.5, 0.31, 0.0123, 0, -2].map(
        formatPercent,
      ),
    ).toEqual([
      '100 %',
      '99.9 %',
      '99.931 %',
      '99.999 %',
      '98.8 %',
      '50 %',
      '31 %',
      '1.2 %',
      '0 %',
      '-200 %',
    ]);
  });
});

describe('formatNumber', () => {
  it('shows one decimal up to ten, and thousands apart', () => {
    expect([0, 1.26, 9.96, 13.44, 1204.4].map(formatNumber)).toEqual([
      '0',
      '1.3',
      '10',
      '13',
      '1,204',
    ]);
  });
});
