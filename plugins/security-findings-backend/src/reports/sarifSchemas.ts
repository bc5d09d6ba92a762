import { z } from 'zod';

const MAX_TEXT = 8000;

/** Text of the wrong type is no text; longer text is cut where it is read. */
const text = z
  .string()
  .transform(value => value.slice(0, MAX_TEXT))
  .optional()
  .catch(undefined);
const index = z.number().int().min(0).optional().catch(undefined);

const messageSchema = z.object({ text }).optional().catch(undefined);

const propertiesSchema = z
  .object({
    'security-severity': z.coerce.string().optional().catch(undefined),
    tags: z.array(z.string()).max(100).optional().catch(undefined),
  })
  .optional()
  .catch(undefined);

const locationSchema = z.object({
  physicalLocation: z
    .object({
      artifactLocation: z
        .object({ uri: text, uriBaseId: text, index })
        .optional()
        .catch(undefined),
      region: z.object({ startLine: index }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

/** What is used of a SARIF 2.1.0 `result` object (OASIS, section 3.27). */
export const resultSchema = z.object({
  ruleId: text,
  ruleIndex: index,
  rule: z.object({ id: text }).optional().catch(undefined),
  kind: text,
  level: text,
  message: messageSchema,
  locations: z.array(locationSchema).optional().catch(undefined),
  suppressions: z
    .array(z.object({ status: text }))
    .optional()
    .catch(undefined),
  baselineState: text,
  properties: propertiesSchema,
});

/** What is used of a `reportingDescriptor` object (section 3.49). */
export const ruleSchema = z.object({
  id: text,
  name: text,
  shortDescription: messageSchema,
  fullDescription: messageSchema,
  helpUri: text,
  defaultConfiguration: z.object({ level: text }).optional().catch(undefined),
  properties: propertiesSchema,
});

/** `originalUriBaseIds` of a run (section 3.14.14). */
export const uriBaseIdsSchema = z
  .record(z.string(), z.object({ uri: text }))
  .catch({});

export type SarifResult = z.output<typeof resultSchema>;
export type SarifRule = z.output<typeof ruleSchema>;
export type SarifUriBaseIds = z.output<typeof uriBaseIdsSchema>;
