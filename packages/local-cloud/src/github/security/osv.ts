import semver from 'semver';
import { z } from 'zod';

const eventSchema = z.object({
  introduced: z.string().optional(),
  fixed: z.string().optional(),
  last_affected: z.string().optional(),
});

const severities = ['LOW', 'MODERATE', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

/** Reads what we need of an advisory in OSV form: ossf.github.io/osv-schema. */
export const advisorySchema = z.object({
  id: z.string().min(1),
  aliases: z.array(z.string()).default([]),
  summary: z.string().default(''),
  details: z.string().default(''),
  published: z.string().optional(),
  modified: z.string(),
  withdrawn: z.string().optional(),
  severity: z
    .array(z.object({ type: z.string(), score: z.string() }))
    .default([]),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: z.string(), name: z.string() }),
        ranges: z
          .array(z.object({ type: z.string(), events: z.array(eventSchema) }))
          .default([]),
        versions: z.array(z.string()).default([]),
      }),
    )
    .default([]),
  references: z
    .array(z.object({ type: z.string().optional(), url: z.string() }))
    .default([]),
  database_specific: z
    .object({
      severity: z.enum(severities).optional(),
      cwe_ids: z.array(z.string()).optional(),
    })
    .optional(),
});

export type Advisory = z.output<typeof advisorySchema>;

/** Is a span of versions that an advisory speaks of. */
export interface VulnerableRange {
  packageName: string;
  /** In GitHub's words, such as `>= 1.0.0, < 1.2.6`. */
  range: string;
  firstPatched?: string;
  matches(version: string): boolean;
}

function toRange(
  packageName: string,
  span: { introduced: string; fixed?: string; last?: string },
): VulnerableRange {
  const parts: string[] = [];
  if (span.introduced !== '0') {
    parts.push(`>= ${span.introduced}`);
  }
  if (span.fixed) {
    parts.push(`< ${span.fixed}`);
  } else if (span.last) {
    parts.push(`<= ${span.last}`);
  }
  const range = parts.join(', ') || '>= 0';
  const condition = parts.join(' ') || '*';
  return {
    packageName,
    range,
    firstPatched: span.fixed,
    matches: version =>
      semver.satisfies(version, condition, { includePrerelease: true }),
  };
}

function spansOf(
  events: z.output<typeof eventSchema>[],
): { introduced: string; fixed?: string; last?: string }[] {
  const spans: { introduced: string; fixed?: string; last?: string }[] = [];
  for (const event of events) {
    const current = spans.at(-1);
    if (event.introduced !== undefined) {
      spans.push({ introduced: event.introduced });
    } else if (current && event.fixed !== undefined) {
      current.fixed = event.fixed;
    } else if (current && event.last_affected !== undefined) {
      current.last = event.last_affected;
    }
  }
  return spans;
}

/** Lists which versions of npm packages an advisory calls vulnerable. */
export function listVulnerableRanges(advisory: Advisory): VulnerableRange[] {
  return advisory.affected
    .filter(({ package: { ecosystem } }) => ecosystem === 'npm')
    .flatMap(({ package: { name }, ranges, versions }) => [
      ...ranges
        .filter(({ type }) => type === 'SEMVER' || type === 'ECOSYSTEM')
        .flatMap(({ events }) =>
          spansOf(events).map(span => toRange(name, span)),
        ),
      ...versions.map(version => ({
        packageName: name,
        range: `= ${version}`,
        matches: (candidate: string) => candidate === version,
      })),
    ]);
}
