/**
 * Worst first. `unknown` is what a source did not say; it is not harmless.
 *
 * @public
 */
export const FINDING_SEVERITIES = [
  'critical',
  'high',
  'medium',
  'low',
  'unknown',
] as const;

/** @public */
export type FindingSeverity = (typeof FINDING_SEVERITIES)[number];

/**
 * Ranks a severity; 0 is worst, `unknown` comes last.
 *
 * @public
 */
export function severityRank(severity: FindingSeverity): number {
  return FINDING_SEVERITIES.indexOf(severity);
}

/**
 * Picks the worst of some severities; `unknown` when none is known.
 *
 * @public
 */
export function worstSeverity(
  severities: readonly FindingSeverity[],
): FindingSeverity {
  return severities.reduce<FindingSeverity>(
    (worst, severity) =>
      severityRank(severity) < severityRank(worst) ? severity : worst,
    'unknown',
  );
}

/**
 * Rates a CVSS base score by the qualitative scale of CVSS 3.1 and 4.0 (FIRST,
 * specification section 5 and 6): 9.0 critical, 7.0 high, 4.0 medium, 0.1 low.
 * A score of 0 or outside of 0 to 10 says nothing: `unknown`.
 *
 * @public
 */
export function severityOfCvss(score: number): FindingSeverity {
  if (!(score > 0 && score <= 10)) return 'unknown';
  if (score >= 9) return 'critical';
  if (score >= 7) return 'high';
  if (score >= 4) return 'medium';
  return 'low';
}

/**
 * Rates a SARIF result as GitHub's code scanning does: by the rule's property
 * `security-severity`, a CVSS score as a string, and without one by the level
 * (GitHub Docs, "SARIF support for code scanning").
 *
 * @public
 */
export function severityOfSarif(options: {
  level?: string;
  securitySeverity?: string;
}): FindingSeverity {
  const score = Number.parseFloat(options.securitySeverity ?? '');
  const rated = severityOfCvss(score);
  return rated === 'unknown' ? severityOfWord(options.level) : rated;
}

const WORDS: Record<string, FindingSeverity> = {
  critical: 'critical',
  high: 'high',
  error: 'high',
  medium: 'medium',
  moderate: 'medium',
  warning: 'medium',
  low: 'low',
  note: 'low',
};

/**
 * Rates by the word that a source uses, SARIF's levels included; a word that
 * is not known gives `unknown`.
 *
 * @public
 */
export function severityOfWord(word: string | null | undefined) {
  const key = word?.toLowerCase() ?? '';
  return Object.hasOwn(WORDS, key) ? WORDS[key] : 'unknown';
}
