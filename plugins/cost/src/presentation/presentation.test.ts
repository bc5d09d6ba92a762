import {
  about,
  chargedUsd,
  daysOfMonth,
  monthName,
  unitUsd,
  usd,
} from './costWords';
import { dailySeries } from './dailySeries';

describe('dailySeries', () => {
  const days = ['2026-11-01', '2026-11-02', '2026-11-03'];
  const cost = (service: string, amount: string, day = days[0]) => ({
    day,
    service,
    amount,
  });

  it('stacks the four dearest services and the others together', () => {
    const costs = ['1', '2', '3', '4', '5', '6'].map(amount =>
      cost(`Service ${amount}`, amount),
    );
    expect(dailySeries({ days, costs, lastDay: days[0] })).toEqual([
      {
        id: 'Service 6',
        label: 'Service 6',
        values: [6, undefined, undefined],
      },
      {
        id: 'Service 5',
        label: 'Service 5',
        values: [5, undefined, undefined],
      },
      {
        id: 'Service 4',
        label: 'Service 4',
        values: [4, undefined, undefined],
      },
      {
        id: 'Service 3',
        label: 'Service 3',
        values: [3, undefined, undefined],
      },
      { id: '2 others', label: '2 others', values: [3, undefined, undefined] },
    ]);
  });

  it('calls a day without charges zero, and one that is not over unknown', () => {
    const costs = [
      cost('A', '0.1'),
      cost('A', '0.2'),
      cost('B', '-1', days[1]),
    ];
    expect(
      dailySeries({ days, costs, lastDay: days[1] }).map(s => s.values),
    ).toEqual([
      [0.3, 0, undefined],
      [0, -1, undefined],
    ]);
  });
});

describe('words', () => {
  it('are as fine as they deserve', () => {
    expect(['31.20', '19.5', '3', '0.004'].map(about)).toEqual([
      '$31',
      '$19.50',
      '$3',
      'less than $0.01',
    ]);
    expect(['50', '49.90'].map(usd)).toEqual(['$50', '$49.90']);
  });

  it('tell small amounts from nothing', () => {
    expect(
      ['0.00508059', '0.04', '0.000000456', '0.1', '333.333', '0'].map(unitUsd),
    ).toEqual(['$0.0051', '$0.04', '$0.00000046', '$0.10', '$333.33', '$0.00']);
    expect(['0.00', '0.01', '-3.00'].map(chargedUsd)).toEqual([
      'less than $0.01',
      '$0.01',
      '-$3.00',
    ]);
  });

  it('name months and their days', () => {
    expect(monthName('2026-02')).toBe('February 2026');
    expect(daysOfMonth('2028-02')).toHaveLength(29);
    expect(daysOfMonth('2026-11').at(-1)).toBe('2026-11-30');
  });
});
