import { InputError } from '@backstage/errors';
import {
  forkRequestSchema,
  type ForkRequest,
} from '@forkyard/plugin-forks-common';
import type { z as zod } from 'zod/v3';

/** The zod that the scaffolder hands to an action's schema. */
type SchemaBuilder = typeof zod;

const targets = (z: SchemaBuilder) =>
  z
    .array(z.enum(['production', 'preview', 'development']))
    .optional()
    .describe('Environments that see it; production and preview by default');

/**
 * Describes the fork's request to the scaffolder: what the form of
 * `template:default/fork` asks for. It tells names and types; the rules are
 * those of `forkRequestSchema`, applied by {@link parseForkRequest}.
 */
export const forkRequestInput = {
  name: (z: SchemaBuilder) =>
    z
      .string()
      .describe(
        'Name of the fork, its repository and its project: 2 to 48 lower case letters, digits and hyphens',
      ),
  title: (z: SchemaBuilder) => z.string().describe('Title shown to people'),
  description: (z: SchemaBuilder) =>
    z.string().optional().describe('What the fork is for'),
  owner: (z: SchemaBuilder) =>
    z.string().describe('Entity reference of the owning group or user'),
  system: (z: SchemaBuilder) =>
    z.string().optional().describe('Entity reference of the system'),
  baseApplication: (z: SchemaBuilder) =>
    z
      .string()
      .describe('Repository of the base application, owner/repo or its URL'),
  domain: (z: SchemaBuilder) =>
    z.string().optional().describe('Own domain of the production environment'),
  environmentVariables: (z: SchemaBuilder) =>
    z
      .array(
        z.object({
          key: z.string().describe('Name of the variable'),
          value: z.string().optional().describe('Value, stored in clear'),
          targets: targets(z),
        }),
      )
      .optional()
      .describe('Environment variables of the project'),
  secrets: (z: SchemaBuilder) =>
    z
      .array(
        z.object({
          key: z.string().describe('Name of the variable'),
          ref: z
            .string()
            .describe('Reference to the sealed value, never the value'),
          targets: targets(z),
        }),
      )
      .optional()
      .describe('Sealed secrets of the project'),
  sloTier: (z: SchemaBuilder) =>
    z
      .enum(['standard', 'critical'])
      .optional()
      .describe('Service level objectives to start with, default standard'),
  monthlyBudgetUsd: (z: SchemaBuilder) =>
    z.number().optional().describe('Monthly budget in US dollars, default 50'),
  onFailure: (z: SchemaBuilder) =>
    z
      .enum(['keep', 'unwind'])
      .optional()
      .describe(
        'What happens to what exists when a step fails for good, default keep',
      ),
};

/**
 * Validates the request with the same schema as the form, the REST API and the
 * MCP action.
 *
 * @throws InputError that names every field that is wrong.
 */
export function parseForkRequest(input: unknown): ForkRequest {
  const result = forkRequestSchema.safeParse(dropEmpty(input));
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `${path.join('.') || 'request'}: ${message}`,
    );
    throw new InputError(
      `The fork cannot be created as asked: ${problems.join('; ')}`,
    );
  }
  return result.data;
}

/** Treats a field that the form left empty as one that was not given. */
function dropEmpty(input: unknown): unknown {
  if (typeof input !== 'object' || input === null) {
    return input;
  }
  return Object.fromEntries(
    Object.entries(input).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  );
}
