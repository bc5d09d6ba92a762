import { Decimal } from 'decimal.js';
import type { UsageRow } from '../store/UsageStore';
import { exact, RATE_CARD, type Meter } from './rateCard';

const MILLIS_A_DAY = 86_400_000;
/** Decimal places of amounts; a request costs $0.000002. */
const AMOUNT_PLACES = 12;
const QUANTITY_PLACES = 12;

/**
 * Writes one charge as a line of JSON, in FOCUS 1.3.
 *
 * Members and types as
 * https://vercel.com/docs/rest-api/billing/list-focus-billing-charges lists
 * them (read 2026-11): amounts and quantities are JSON numbers. They are
 * written digit by digit from decimals. The members of `Tags` are not
 * documented; `ProjectId` and `ProjectName` are what others have seen.
 */
export function focusLine(usage: UsageRow): string {
  const rate = RATE_CARD[usage.meter as Meter];
  const used = exact(usage.quantity);
  const start = Date.parse(`${usage.day}T00:00:00.000Z`);
  const priced = used.div(rate.perPricingUnit);
  const cost = priced.times(rate.price).toDecimalPlaces(AMOUNT_PLACES);
  return line({
    BilledCost: cost,
    BillingCurrency: 'USD',
    ChargeCategory: 'Usage',
    ChargePeriodStart: new Date(start).toISOString(),
    ChargePeriodEnd: new Date(start + MILLIS_A_DAY).toISOString(),
    ConsumedQuantity: used
      .div(rate.perConsumedUnit)
      .toDecimalPlaces(QUANTITY_PLACES),
    ConsumedUnit: rate.consumedUnit,
    EffectiveCost: cost,
    PricingCategory: 'Standard',
    PricingCurrency: 'USD',
    PricingQuantity: priced.toDecimalPlaces(QUANTITY_PLACES),
    PricingUnit: rate.pricingUnit,
    RegionId: 'dev1',
    RegionName: 'This machine',
    ServiceCategory: rate.serviceCategory,
    ServiceName: rate.serviceName,
    ServiceProviderName: 'Vercel',
    Tags: { ProjectId: usage.projectId, ProjectName: usage.projectName },
  });
}

/** `JSON.stringify` would need floats; a decimal's digits are a JSON number already. */
function line(row: Record<string, Decimal | string | object>): string {
  const members = Object.entries(row).map(
    ([name, value]) =>
      `"${name}":${
        Decimal.isDecimal(value) ? value.toFixed() : JSON.stringify(value)
      }`,
  );
  return `{${members.join(',')}}\n`;
}
