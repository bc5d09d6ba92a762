/** Shorter values would blot out ordinary words. */
const SHORTEST_SECRET = 4;

const replacement = '***';

/** What a credential looks like whoever's it is. */
const patterns: Array<[RegExp, string]> = [
  [/\b(gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/g, replacement],
  [/\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${replacement}`],
  [/(:\/\/[^\s:/@]*:)[^\s@/]+(@)/g, `$1${replacement}$2`],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g,
    replacement,
  ],
];

/**
 * Takes secrets out of text: known values however they are written down, and
 * whatever looks like a credential.
 */
export class Redactor {
  readonly #known: string[];

  constructor(secrets: Array<string | undefined>) {
    const forms = new Set<string>();
    for (const secret of secrets) {
      if (!secret) continue;
      // Logs come line by line, so a secret of several lines is known by each.
      for (const part of [secret, ...secret.split(/\r?\n/)]) {
        for (const form of writtenForms(part.trim())) {
          if (form.length >= SHORTEST_SECRET) forms.add(form);
        }
      }
    }
    // The longest first, so that no remainder of a longer one is left.
    this.#known = [...forms].sort((left, right) => right.length - left.length);
  }

  redact(text: string): string {
    let redacted = text;
    for (const form of this.#known) {
      redacted = redacted.replaceAll(form, replacement);
    }
    for (const [pattern, by] of patterns) {
      redacted = redacted.replace(pattern, by);
    }
    return redacted;
  }
}

function writtenForms(value: string): string[] {
  const base64 = Buffer.from(value).toString('base64');
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    base64,
    base64.replace(/=+$/, ''),
    Buffer.from(value).toString('base64url'),
    Buffer.from(value).toString('hex'),
  ];
}
