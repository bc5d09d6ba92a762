import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import type { Config } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { ScmIntegrations } from '@backstage/integration';
import { OwnRequests } from '@forkyard/backend-kit';
import { z } from 'zod';
import type { FreezeWindow } from './freezeWindows';

/** Settings of the gates, checked. */
export interface GatesOptions {
  /** How long an approval may be given. */
  approvalHours: number;
  freezeWindows: FreezeWindow[];
  integrations: ScmIntegrations;
  /** Where people open the portal, without a trailing slash. */
  appBaseUrl: string;
  ownRequests: OwnRequests;
}

const HOURS_KEY = 'deployments.approvals.expiresHours';
const WINDOWS_KEY = 'deployments.freezeWindows';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const moment = z.iso
  .datetime({
    offset: true,
    message:
      'write a time with its offset, for example 2026-11-27T00:00:00+01:00',
  })
  .transform(text => new Date(text));

const timeOfDay = z
  .string()
  .regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, {
    message: 'write a time of day from 00:00 to 24:00 as HH:MM, in quotes',
  })
  .transform(text => {
    const [hours, minutes] = text.split(':').map(Number);
    return hours * 60 + minutes;
  });

const entityRef = z.string().transform((text, context) => {
  try {
    return stringifyEntityRef(parseEntityRef(text));
  } catch {
    context.addIssue({
      code: 'custom',
      message:
        "write an entity reference with its kind, for example 'group:default/shop'",
    });
    return z.NEVER;
  }
});

const timeZone = z.string().refine(isTimeZone, {
  message: "write an IANA time zone, for example 'Europe/Berlin'",
});

const scope = z.strictObject({
  refs: z.array(entityRef).min(1).optional(),
  owners: z.array(entityRef).min(1).optional(),
  systems: z.array(entityRef).min(1).optional(),
  tiers: z.array(z.string().min(1)).min(1).optional(),
});

const shared = { name: z.string().min(1).max(100), entities: scope.optional() };

const onceWindow = z
  .strictObject({ ...shared, from: moment, to: moment })
  .refine(({ from, to }) => from < to, {
    path: ['to'],
    message: "write a time after 'from'",
  })
  .transform(window => ({ ...window, kind: 'once' as const }));

const weeklyWindow = z
  .strictObject({
    ...shared,
    timeZone: timeZone.default('UTC'),
    weekly: z.strictObject({
      days: z
        .array(z.enum(DAYS, { message: `write one of ${DAYS.join(', ')}` }))
        .min(1, { message: 'name at least one day' }),
      from: timeOfDay.refine(minutes => minutes < 24 * 60, {
        message: 'write a time before 24:00',
      }),
      to: timeOfDay,
    }),
  })
  .transform(({ weekly, ...window }) => ({
    ...window,
    kind: 'weekly' as const,
    days: weekly.days.map(day => DAYS.indexOf(day)),
    from: weekly.from,
    to: weekly.to,
  }));

/**
 * Reads the settings of the gates; throws naming the key that is wrong and what
 * to do.
 */
export function readGatesOptions(config: Config): GatesOptions {
  return {
    approvalHours: readApprovalHours(config),
    freezeWindows: readFreezeWindows(config),
    integrations: ScmIntegrations.fromConfig(config),
    ownRequests: OwnRequests.fromConfig(config),
    appBaseUrl: (config.getOptionalString('app.baseUrl') ?? '').replace(
      /\/$/,
      '',
    ),
  };
}

function readApprovalHours(config: Config): number {
  const hours = config.getOptionalNumber(HOURS_KEY) ?? 24;
  if (!(hours >= 1 && hours <= 336)) {
    throw new InputError(
      `Configuration '${HOURS_KEY}' is ${hours}: set it to a number of hours from 1 to 336, or leave it out for 24.`,
    );
  }
  return hours;
}

function readFreezeWindows(config: Config): FreezeWindow[] {
  const windows: unknown = config.getOptional(WINDOWS_KEY) ?? [];
  if (!Array.isArray(windows)) {
    throw new InputError(
      `Configuration '${WINDOWS_KEY}' is no list: write one item for each window, or leave it out for none.`,
    );
  }
  return windows.map((window: unknown, index) => {
    const isWeekly =
      typeof window === 'object' && window !== null && 'weekly' in window;
    const result = (isWeekly ? weeklyWindow : onceWindow).safeParse(window);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const key = [`${WINDOWS_KEY}[${index}]`, ...issue.path].join('.');
    throw new InputError(
      `Configuration '${key}' is wrong: ${issue.message}. A window has a name and either 'from' and 'to', or 'weekly' with days, from and to.`,
    );
  });
}

function isTimeZone(text: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: text }));
  } catch {
    return false;
  }
}
