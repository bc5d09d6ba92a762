import { Decimal } from 'decimal.js';

/** Enough digits that no product of a quantity and a price is rounded on the way. */
const Exact = Decimal.clone({ precision: 60 });

export const METERS = [
  'requests',
  'transferred-bytes',
  'invocations',
  'cpu-microseconds',
  'memory-kibibyte-milliseconds',
  'build-milliseconds',
] as const;

/** Says what is counted; the name carries the unit, quantities are integers. */
export type Meter = (typeof METERS)[number];

/** The price of one meter, in US dollars. */
export interface Rate {
  serviceName: string;
  serviceCategory: 'Compute' | 'Networking' | 'Developer Tools';
  consumedUnit: string;
  /** How many of the meter's unit make one consumed unit. */
  perConsumedUnit: Decimal;
  pricingUnit: string;
  /** How many of the meter's unit make one priced unit. */
  perPricingUnit: Decimal;
  /** Dollars for one priced unit. */
  price: Decimal;
}

const GIGABYTE = new Exact(1e9);
// Kibibyte milliseconds in a gigabyte second.
const GIGABYTE_SECOND = GIGABYTE.div(1024).times(1000);
const HOUR_SECONDS = 3600;

/**
 * Vercel's on-demand prices in dollars for region iad1, as known in November
 * 2026. Where each was read:
 * - active CPU $0.128 an hour, provisioned memory $0.0106 a GB-hour,
 *   invocations $0.60 a million: a copy of
 *   https://vercel.com/docs/fluid-compute/pricing
 * - requests $2.00 a million, transfer $0.15 a GB: others' accounts of
 *   https://vercel.com/docs/pricing/regional-pricing, not the page itself. The
 *   documents call them CDN requests by now.
 * - build minutes $0.014, standard machine: an account of
 *   https://vercel.com/docs/builds/managing-builds, not the page itself
 *
 * So this is a price list to test with, not one to rely on. What a plan
 * includes is not taken off: each unit costs its price. A gigabyte is 10^9
 * bytes. The names of services and units in Vercel's own rows are unproven.
 */
export const RATE_CARD: Record<Meter, Rate> = {
  requests: {
    serviceName: 'Edge Requests',
    serviceCategory: 'Networking',
    consumedUnit: 'Requests',
    perConsumedUnit: new Exact(1),
    pricingUnit: '1M Requests',
    perPricingUnit: new Exact(1e6),
    price: new Exact('2.00'),
  },
  'transferred-bytes': {
    serviceName: 'Fast Data Transfer',
    serviceCategory: 'Networking',
    consumedUnit: 'GB',
    perConsumedUnit: GIGABYTE,
    pricingUnit: 'GB',
    perPricingUnit: GIGABYTE,
    price: new Exact('0.15'),
  },
  invocations: {
    serviceName: 'Function Invocations',
    serviceCategory: 'Compute',
    consumedUnit: 'Invocations',
    perConsumedUnit: new Exact(1),
    pricingUnit: '1M Invocations',
    perPricingUnit: new Exact(1e6),
    price: new Exact('0.60'),
  },
  'cpu-microseconds': {
    serviceName: 'Fluid Active CPU',
    serviceCategory: 'Compute',
    consumedUnit: 'Seconds',
    perConsumedUnit: new Exact(1e6),
    pricingUnit: 'Hours',
    perPricingUnit: new Exact(1e6).times(HOUR_SECONDS),
    price: new Exact('0.128'),
  },
  'memory-kibibyte-milliseconds': {
    serviceName: 'Fluid Provisioned Memory',
    serviceCategory: 'Compute',
    consumedUnit: 'GB-Seconds',
    perConsumedUnit: GIGABYTE_SECOND,
    pricingUnit: 'GB-Hours',
    perPricingUnit: GIGABYTE_SECOND.times(HOUR_SECONDS),
    price: new Exact('0.0106'),
  },
  'build-milliseconds': {
    serviceName: 'Build Minutes',
    serviceCategory: 'Developer Tools',
    consumedUnit: 'Minutes',
    perConsumedUnit: new Exact(60_000),
    pricingUnit: 'Minutes',
    perPricingUnit: new Exact(60_000),
    price: new Exact('0.014'),
  },
};

/** Reads an integer quantity without passing through a float's rounding. */
export function exact(quantity: number): Decimal {
  return new Exact(quantity);
}
