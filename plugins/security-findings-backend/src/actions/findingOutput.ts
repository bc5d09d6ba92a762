import {
  FINDING_SEVERITIES,
  FINDING_SOURCES,
  FINDING_STATES,
  type Finding,
} from '@forkyard/plugin-security-findings-common';
import type { z as zod } from 'zod/v3';

/** Shape of a finding in the output of actions. */
export function findingOutputSchema(z: typeof zod) {
  return z.object({
    id: z.string(),
    entityRef: z.string(),
    title: z.string(),
    rule: z.string(),
    severity: z.enum(FINDING_SEVERITIES),
    state: z.enum(FINDING_STATES),
    sources: z.array(z.enum(FINDING_SOURCES)),
    location: z
      .object({
        path: z.string().optional(),
        line: z.number().optional(),
        url: z.string().optional(),
      })
      .optional(),
    package: z
      .object({
        name: z.string(),
        ecosystem: z.string().optional(),
        version: z.string().optional(),
      })
      .optional(),
    identifiers: z.array(z.string()).describe('CVE, GHSA and CWE ids'),
    fix: z.string().optional(),
    firstSeenAt: z.string().describe('ISO 8601'),
    dueAt: z.string().optional(),
    overdue: z.boolean(),
    waiver: z
      .object({
        reason: z.string(),
        by: z.string(),
        at: z.string(),
        expiresAt: z.string(),
      })
      .optional(),
    url: z.string().optional(),
  });
}

/** Takes what an action tells of a finding. */
export function toFindingOutput(finding: Finding) {
  const { id, entityRef, title, rule, severity, state, sources } = finding;
  const { location, identifiers, fix, firstSeenAt, dueAt, overdue } = finding;
  return {
    id,
    entityRef,
    title,
    rule,
    severity,
    state,
    sources,
    location,
    package: finding.package,
    identifiers,
    fix,
    firstSeenAt,
    dueAt,
    overdue,
    waiver: finding.waiver,
    url: finding.url,
  };
}
