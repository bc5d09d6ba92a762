/** Control characters but tab and line feed, and those that turn text around. */
const UNFIT = /(?![\t\n])[\p{Cc}\p{Bidi_Control}]/gu;

/**
 * Makes text from outside fit to keep and show: no control characters, no
 * halves of characters (PostgreSQL takes neither), bounded. It stays text; it
 * is never rendered as anything else.
 */
export function plainText(
  text: string | null | undefined,
  maxLength: number,
): string | undefined {
  const fit = (text ?? '').slice(0, maxLength * 2);
  const clean = wellFormed(fit).replace(UNFIT, '').trim();
  if (!clean) return undefined;
  return clean.length > maxLength
    ? `${wellFormed(clean.slice(0, maxLength - 1))}…`
    : clean;
}

/** Puts U+FFFD for halves of characters, as UTF-8 encoders do. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Gives a URL only when it is one that a browser may open from a link. */
export function webUrl(text: string | null | undefined): string | undefined {
  const url = text && text.length <= 2000 ? URL.parse(text) : null;
  return url && (url.protocol === 'https:' || url.protocol === 'http:')
    ? url.href
    : undefined;
}

/** CVE, GHSA and CWE ids that are mentioned in some texts. */
export function findIdentifiers(
  texts: readonly (string | null | undefined)[],
): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [match] of (text ?? '')
      .slice(0, 10_000)
      .matchAll(
        /\b(CVE-\d{4}-\d{4,10}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|CWE-\d{1,5})\b/gi,
      )) {
      found.add(
        match.startsWith('GHSA') || match.startsWith('ghsa')
          ? `GHSA${match.slice(4).toLowerCase()}`
          : match.toUpperCase(),
      );
      if (found.size >= 20) return [...found];
    }
  }
  return [...found];
}
