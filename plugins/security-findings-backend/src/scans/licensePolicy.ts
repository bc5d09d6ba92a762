import parseExpression, { type SpdxNode } from 'spdx-expression-parse';
import satisfies from 'spdx-satisfies';

/**
 * Permissive licenses, which ask for no more than attribution, and what npm
 * packages of data and documentation commonly have.
 */
export const DEFAULT_ALLOWED_LICENSES = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSD-3-Clause-Clear',
  'BSL-1.0',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unicode-3.0',
  'Unicode-DFS-2016',
  'Unlicense',
  'W3C',
  'WTFPL',
  'Zlib',
];

/** What a policy says of a license. */
export type LicenseVerdict = 'allowed' | 'refused' | 'unknown';

/** Tells whether a text is a single SPDX license id. */
export function isSpdxId(text: string): boolean {
  try {
    return !('conjunction' in parseExpression(text));
  } catch {
    return false;
  }
}

/**
 * Judges an SPDX license expression against a list of ids: allowed when some
 * choice of it needs nothing but what is on the list. What is no SPDX
 * expression is unknown, not allowed.
 *
 * Only single licenses are given to `spdx-satisfies`: it multiplies whole
 * expressions out, and one of twenty `(A OR B)` joined by AND takes it a second.
 */
export function judgeLicense(
  expression: string | undefined,
  allowed: string[],
): LicenseVerdict {
  if (!expression || expression.length > 500) return 'unknown';
  try {
    return judge(parseExpression(expression), allowed);
  } catch {
    return 'unknown';
  }
}

function judge(node: SpdxNode, allowed: string[]): LicenseVerdict {
  if ('conjunction' in node) {
    const verdicts = [judge(node.left, allowed), judge(node.right, allowed)];
    const order: LicenseVerdict[] =
      node.conjunction === 'or'
        ? ['allowed', 'unknown', 'refused']
        : ['refused', 'unknown', 'allowed'];
    return order.find(verdict => verdicts.includes(verdict)) ?? 'unknown';
  }
  if (!('license' in node)) return 'unknown';
  // An exception only permits more than the license does.
  const license = `${node.license}${node.plus ? '+' : ''}`;
  return satisfies(license, allowed) ? 'allowed' : 'refused';
}
