import { z } from 'zod';
import { provisioningSteps } from './steps';

/** Names that the portal or the providers keep for themselves. */
const reservedNames = new Set([
  'admin',
  'api',
  'app',
  'assets',
  'auth',
  'dashboard',
  'git',
  'localhost',
  'login',
  'mail',
  'new',
  'root',
  'settings',
  'status',
  'system',
  'vercel',
  'www',
]);

/**
 * A fork's name becomes a repository, a project, a catalog entity and a DNS
 * label, so it obeys the strictest of the four: RFC 1123 labels, two to 48
 * characters (a DNS label has 63 and the providers append a suffix of up to 15).
 *
 * @public
 */
export const forkNameSchema = z
  .string()
  .min(2, 'A name has at least 2 characters')
  .max(48, 'A name has at most 48 characters')
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    'A name has lower case letters a to z, digits and single hyphens, and begins and ends with a letter or digit',
  )
  .refine(name => !name.includes('--'), 'A name has no two hyphens in a row')
  .refine(name => /[a-z]/.test(name), 'A name has at least one letter')
  .refine(name => !reservedNames.has(name), 'This name is reserved');

const entityRefSchema = z
  .string()
  .max(200)
  .regex(
    /^(?:[a-zA-Z]+:)?(?:[a-zA-Z0-9._-]+\/)?[a-zA-Z0-9._-]+$/,
    'Must be an entity reference such as group:default/platform',
  );

/** @public */
export const environmentTargetSchema = z.enum([
  'production',
  'preview',
  'development',
]);

const variableKeySchema = z
  .string()
  .max(128)
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]*$/,
    'A variable name has letters, digits and underscores, and does not begin with a digit',
  )
  .refine(
    key =>
      !/^(VERCEL_|NOW_|AWS_|FORKYARD_|LD_|DYLD_|NPM_CONFIG_|NODE_OPTIONS$|PORT$)/i.test(
        key,
      ),
    'This variable name is kept by the platform',
  );

const targetsSchema = z
  .array(environmentTargetSchema)
  .min(1, 'Choose at least one environment')
  .max(3);

/** @public */
export const environmentVariableSchema = z.object({
  key: variableKeySchema,
  value: z.string().max(32 * 1024),
  targets: targetsSchema.default(['production', 'preview']),
});

/** @public */
export const sealedSecretRefSchema = z.object({
  key: variableKeySchema,
  ref: z.string().min(1).max(200),
  targets: targetsSchema.default(['production', 'preview']),
});

/**
 * What the form asks for, validated the same way in the browser, in the
 * scaffolder action, in the REST API and in the MCP action.
 *
 * @public
 */
export const forkRequestSchema = z
  .object({
    name: forkNameSchema,
    title: z.string().trim().min(1).max(100),
    description: z.string().trim().max(500).default(''),
    owner: entityRefSchema,
    system: entityRefSchema.optional(),
    /** `owner/repo`, or the URL of the repository. */
    baseApplication: z.string().min(3).max(300),
    domain: z
      .string()
      .max(253)
      .regex(
        /^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
        'Must be a domain such as shop.example.com',
      )
      .optional(),
    environmentVariables: z
      .array(environmentVariableSchema)
      .max(100)
      .default([]),
    secrets: z.array(sealedSecretRefSchema).max(100).default([]),
    sloTier: z.enum(['standard', 'critical']).default('standard'),
    monthlyBudgetUsd: z.number().min(0).max(1_000_000).default(50),
    onFailure: z.enum(['keep', 'unwind']).default('keep'),
  })
  .strict()
  .superRefine((request, context) => {
    const seen = new Set<string>();
    for (const { key } of [
      ...request.environmentVariables,
      ...request.secrets,
    ]) {
      if (seen.has(key)) {
        context.addIssue({
          code: 'custom',
          message: `Variable '${key}' is given twice`,
          path: ['environmentVariables'],
        });
      }
      seen.add(key);
    }
  });

/** The request after validation, defaults filled in. @public */
export type ForkRequest = z.output<typeof forkRequestSchema>;

/** The request as a caller may write it, defaults left out. @public */
export type ForkRequestInput = z.input<typeof forkRequestSchema>;

/** @public */
export const stepIdSchema = z.enum(provisioningSteps);

/** @public */
export const createProvisioningRequestSchema = z.object({
  request: forkRequestSchema,
  /** Last step to run for now, default `registration`. */
  through: stepIdSchema.optional(),
  /** Repeating a call with the same key gives the same provisioning. */
  idempotencyKey: z.string().max(200).optional(),
});

/** @public */
export const statusSchema = z.enum([
  'failing',
  'degraded',
  'waiting',
  'in-progress',
  'unknown',
  'healthy',
]);
