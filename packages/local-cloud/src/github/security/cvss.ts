const weights: Record<string, Record<string, number>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 },
  AC: { L: 0.77, H: 0.44 },
  UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 },
  I: { H: 0.56, L: 0.22, N: 0 },
  A: { H: 0.56, L: 0.22, N: 0 },
};

const privileges: Record<string, Record<string, number>> = {
  U: { N: 0.85, L: 0.62, H: 0.27 },
  C: { N: 0.85, L: 0.68, H: 0.5 },
};

/** Rounds up to one decimal without floating-point surprises, as appendix A of the specification does. */
function roundUp(value: number): number {
  const scaled = Math.round(value * 100_000);
  return scaled % 10_000 === 0
    ? scaled / 100_000
    : (Math.floor(scaled / 10_000) + 1) / 10;
}

/**
 * Computes the base score of a CVSS 3.0 or 3.1 vector; undefined for anything else.
 *
 * Formula: FIRST, CVSS v3.1 specification document, section 7.1.
 */
export function cvssBaseScore(vector: string): number | undefined {
  if (!/^CVSS:3\.[01]\//.test(vector)) {
    return undefined;
  }
  const metrics = Object.fromEntries(
    vector.split('/').map(part => part.split(':')),
  );
  const weigh = (name: string) => weights[name][metrics[name]] ?? Number.NaN;
  const changed = metrics.S === 'C';
  const base = 1 - (1 - weigh('C')) * (1 - weigh('I')) * (1 - weigh('A'));
  const impact = changed
    ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15
    : 6.42 * base;
  const exploitability =
    8.22 *
    weigh('AV') *
    weigh('AC') *
    (privileges[metrics.S]?.[metrics.PR] ?? Number.NaN) *
    weigh('UI');
  if (Number.isNaN(impact + exploitability)) {
    return undefined;
  }
  if (impact <= 0) {
    return 0;
  }
  return roundUp(
    Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10),
  );
}
