import { apportionCents, formatUsd, sumAmounts, toCents } from './money';

describe('apportionCents', () => {
  it('gives the cents that rounding down left to those that lost most', () => {
    expect(apportionCents(['0.333', '0.333', '0.334'])).toEqual([
      '0.33',
      '0.33',
      '0.34',
    ]);
    expect(apportionCents(['0.004', '0.004', '0.004'])).toEqual([
      '0.01',
      '0.00',
      '0.00',
    ]);
  });

  it('takes credits, and never moves zero', () => {
    expect(apportionCents(['10.005', '-0.015', '0'])).toEqual([
      '10.01',
      '-0.02',
      '0.00',
    ]);
    expect(apportionCents([])).toEqual([]);
  });
});

describe('amounts', () => {
  it('are added without the errors of binary fractions', () => {
    expect(sumAmounts(['0.1', '0.2'])).toBe('0.3');
    expect(sumAmounts(['1e-12', '123456789012345.5'])).toBe(
      '123456789012345.500000000001',
    );
    expect(sumAmounts([])).toBe('0');
  });

  it('are rounded half a cent away from zero', () => {
    expect(['1.005', '-1.005', '-0.001', '1e-9'].map(toCents)).toEqual([
      '1.01',
      '-1.01',
      '0.00',
      '0.00',
    ]);
  });

  it('read as dollars, and what is there never as nothing', () => {
    expect(
      ['12.4', '1234567.891', '-3', '0', '0.0042', '-0.001'].map(formatUsd),
    ).toEqual([
      '$12.40',
      '$1,234,567.89',
      '-$3.00',
      '$0.00',
      'less than $0.01',
      '$0.00',
    ]);
  });
});
