import fc from 'fast-check';
import { focusLine } from './focusRow';
import { METERS, RATE_CARD } from './rateCard';

describe('focusLine', () => {
  it('writes a charge as FOCUS has it', () => {
    const line = focusLine({
      day: '2026-02-28',
      projectId: 'prj_1',
      projectName: 'one "of" ours',
      meter: 'invocations',
      quantity: 1_500_000,
    });
    expect(line.endsWith('}\n')).toBe(true);
    expect(JSON.parse(line)).toEqual({
      BilledCost: 0.9,
      BillingCurrency: 'USD',
      ChargeCategory: 'Usage',
      ChargePeriodStart: '2026-02-28T00:00:00.000Z',
      ChargePeriodEnd: '2026-03-01T00:00:00.000Z',
      ConsumedQuantity: 1_500_000,
      ConsumedUnit: 'Invocations',
      EffectiveCost: 0.9,
      PricingCategory: 'Standard',
      PricingCurrency: 'USD',
      PricingQuantity: 1.5,
      PricingUnit: '1M Invocations',
      RegionId: 'dev1',
      RegionName: 'This machine',
      ServiceCategory: 'Compute',
      ServiceName: 'Function Invocations',
      ServiceProviderName: 'Vercel',
      Tags: { ProjectId: 'prj_1', ProjectName: 'one "of" ours' },
    });
  });

  it('charges one request without an exponent and without rounding', () => {
    const line = focusLine({
      day: '2026-02-28',
      projectId: 'prj_1',
      projectName: 'one',
      meter: 'requests',
      quantity: 1,
    });
    expect(line).toContain('"BilledCost":0.000002,');
  });

  it('costs what whole numbers give, to the twelfth place', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...METERS),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (meter, quantity) => {
          const { price, perPricingUnit } = RATE_CARD[meter];
          // Both as fractions of whole numbers: nothing can be lost.
          const micros = BigInt(price.times(1e6).toFixed());
          const per = BigInt(perPricingUnit.times(1e6).toFixed());
          const dividend = BigInt(quantity) * micros * 10n ** 12n;
          const doubled = (dividend * 2n + per) / (per * 2n);
          const [, text] = /"BilledCost":([\d.]+),/.exec(
            focusLine({
              day: '2026-01-01',
              projectId: 'prj_1',
              projectName: 'one',
              meter,
              quantity,
            }),
          )!;
          const [whole, fraction = ''] = text.split('.');
          expect(BigInt(whole + fraction.padEnd(12, '0'))).toBe(doubled);
        },
      ),
    );
  });
});
