import type { FindingIdentity } from '@forkyard/plugin-security-findings-common';

type CodeIdentity = Extract<FindingIdentity, { kind: 'code' }>;

/**
 * Numbers what has the same rule, path and message within one look. Give the
 * findings in the order of their lines.
 */
export class OrdinalCounter {
  readonly #counts = new Map<string, number>();

  number(identity: Omit<CodeIdentity, 'ordinal'>): CodeIdentity {
    const { rule, path, message } = identity;
    const key = JSON.stringify([
      rule,
      path,
      message.toLowerCase().replace(/\d+/g, '0').replace(/\s+/g, ' '),
    ]);
    const ordinal = this.#counts.get(key) ?? 0;
    this.#counts.set(key, ordinal + 1);
    return { ...identity, ordinal };
  }
}
