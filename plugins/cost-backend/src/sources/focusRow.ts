import type { ChargeCategory } from '@forkyard/plugin-cost-common';
import { Decimal } from 'decimal.js';
import type { SourceCharge } from './ChargesSource';

/*
 * Rows of FOCUS, the FinOps Open Cost and Usage Specification: version 1.3 of
 * December 2025 (https://focus.finops.org/focus-specification/v1-3/), as Vercel
 * documents them for `GET /v1/billing/charges`
 * (https://vercel.com/docs/rest-api/billing/list-focus-billing-charges). The
 * documentation writes the columns with capitals; Vercel's former SDK read them
 * in camel case; both are taken. What the keys of `Tags` are is not documented:
 * any spelling of "project id" and "project name" is taken.
 */

/** Why a row is no charge, in words that follow "line 7 ". */
export class NoChargeError extends Error {
  name = 'NoChargeError' as const;
}

const CATEGORIES: readonly string[] = [
  'Usage',
  'Purchase',
  'Tax',
  'Credit',
  'Adjustment',
] satisfies ChargeCategory[];

const READ_COLUMNS = new Set([
  'BilledCost',
  'EffectiveCost',
  'BillingCurrency',
  'ChargePeriodStart',
  'ServiceName',
  'ConsumedUnit',
  'RegionId',
]);

/** Columns whose numbers are read digit by digit, as no float holds them. */
const DECIMAL_COLUMNS = /^(BilledCost|EffectiveCost|ConsumedQuantity)$/i;

/** The reviver's third argument is newer than the types of the language. */
const parseJson = JSON.parse as (
  text: string,
  reviver: (
    key: string,
    value: unknown,
    context?: { source?: string },
  ) => unknown,
) => unknown;

function keepDigits(
  key: string,
  value: unknown,
  context?: { source?: string },
): unknown {
  return typeof value === 'number' && DECIMAL_COLUMNS.test(key)
    ? (context?.source ?? String(value))
    : value;
}

const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });

type Row = Record<string, unknown>;

/** Reads one line of FOCUS; throws {@link NoChargeError}. */
export function readFocusRow(line: string): SourceCharge {
  const row = readObject(line);
  const column = (name: string) =>
    row[name] ?? row[name[0].toLowerCase() + name.slice(1)] ?? undefined;
  const { category, isKnown } = readCategory(column('ChargeCategory'));
  const quantity = toDecimal(column('ConsumedQuantity'));
  return {
    day: readDay(column('ChargePeriodStart')),
    category,
    service:
      readText(column('ServiceName')) ??
      readText(column('ServiceCategory')) ??
      'Unnamed service',
    amount: readAmount(column('BilledCost')),
    effectiveAmount: toDecimal(column('EffectiveCost')),
    currency: readCurrency(column('BillingCurrency')),
    ...readProject(column('Tags')),
    quantity,
    unit: readText(column('ConsumedUnit')),
    region: readText(column('RegionId')) ?? readText(column('RegionName')),
    other: clean(
      Object.fromEntries(
        Object.entries(row).filter(([key]) => {
          const name = key.charAt(0).toUpperCase() + key.slice(1);
          if (name === 'ChargeCategory') return !isKnown;
          if (name === 'ConsumedQuantity') return quantity === undefined;
          return !READ_COLUMNS.has(name);
        }),
      ),
    ) as Row,
  };
}

function readObject(line: string): Row {
  let value: unknown;
  try {
    value = parseJson(line, keepDigits);
  } catch {
    throw new NoChargeError('is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new NoChargeError('is no JSON object');
  }
  return value as Row;
}

/**
 * A category that FOCUS does not have is money all the same: it counts as an
 * adjustment, and its own name is kept among the other columns.
 */
function readCategory(value: unknown): {
  category: ChargeCategory;
  isKnown: boolean;
} {
  const isKnown = typeof value === 'string' && CATEGORIES.includes(value);
  return {
    category: isKnown ? (value as ChargeCategory) : 'Adjustment',
    isKnown,
  };
}

function readAmount(value: unknown): string {
  const amount = toDecimal(value);
  if (amount === undefined) {
    throw new NoChargeError(
      value === undefined
        ? "has no 'BilledCost'"
        : "has a 'BilledCost' that is no amount",
    );
  }
  return amount;
}

/** Takes at most twelve digits before the point and thirty after it. */
function toDecimal(value: unknown): string | undefined {
  if (
    typeof value !== 'string' ||
    !/^-?\d{1,42}(\.\d{1,42})?(e[+-]?\d{1,2})?$/i.test(value)
  ) {
    return undefined;
  }
  const decimal = new Exact(value);
  return decimal.abs().lt('1e12') && decimal.decimalPlaces() <= 30
    ? decimal.toFixed()
    : undefined;
}

function readCurrency(value: unknown): string {
  if (typeof value !== 'string' || !/^[A-Z]{3}$/.test(value)) {
    throw new NoChargeError("has no 'BillingCurrency'");
  }
  return value;
}

function readDay(value: unknown): string {
  const time =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value)
      ? Date.parse(value)
      : NaN;
  if (Number.isNaN(time)) {
    throw new NoChargeError(
      value === undefined
        ? "has no 'ChargePeriodStart'"
        : "has a 'ChargePeriodStart' that is no time",
    );
  }
  return new Date(time).toISOString().slice(0, 10);
}

function readProject(
  value: unknown,
): Pick<SourceCharge, 'projectKey' | 'projectName'> {
  const tags = new Map(
    Object.entries(readTags(value)).map(([key, tag]) => [
      key.toLowerCase().replace(/[^a-z]/g, ''),
      readText(tag),
    ]),
  );
  const projectName = tags.get('projectname') ?? tags.get('project');
  const projectKey =
    tags.get('projectid') ??
    tags.get('vercelprojectid') ??
    (projectName === undefined ? undefined : `name:${projectName}`);
  return { projectKey, projectName };
}

function readTags(value: unknown): Row {
  if (typeof value !== 'string') return (value ?? {}) as Row;
  try {
    return readObject(value);
  } catch {
    return {};
  }
}

function readText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = cleanText(value).trim().slice(0, 200);
  return text === '' ? undefined : text;
}

/** What lies deeper in a further column is left out. */
const DEEPEST = 8;

/** Makes a value one that PostgreSQL's jsonb takes. */
function clean(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return null;
  if (Array.isArray(value)) return value.map(item => clean(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleanText(key),
      clean(item, depth + 1),
    ]),
  );
}

function cleanText(text: string): string {
  return text.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD');
}
