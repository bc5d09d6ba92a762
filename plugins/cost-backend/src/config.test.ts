import { ConfigReader } from '@backstage/config';
import { readCostConfig } from './config';

describe('readCostConfig', () => {
  it('looks every hour and back 13 months when not told otherwise', () => {
    expect(readCostConfig(new ConfigReader({}))).toEqual({
      refreshSeconds: 3600,
      backfillMonths: 13,
      leastAnomalyUsd: '1',
      requestServices: ['Edge Requests'],
    });
  });

  it.each([
    ['refreshSeconds', 9],
    ['refreshSeconds', 86_401],
    ['refreshSeconds', 60.5],
    ['backfillMonths', -1],
    ['backfillMonths', 14],
    ['leastAnomalyUsd', 0],
    ['leastAnomalyUsd', 1_000_001],
    ['requestServices', []],
  ])('refuses %s of %p, naming the key and what to do', (key, value) => {
    expect(() =>
      readCostConfig(new ConfigReader({ cost: { [key]: value } })),
    ).toThrow(new RegExp(`'cost.${key}' is .*leave it out for`));
  });
});
