/**
 * What makes two reports the same problem, by kind of problem.
 *
 * Left out on purpose: lines, because code moves; versions, because an upgrade
 * that does not help is no fix; the tool and the source, because several may
 * find the same.
 *
 * @public
 */
export type FindingIdentity =
  /** `valueHash` from `secretHash`: the same secret in ten files is one. */
  | { kind: 'secret'; valueHash: string }
  /** A secret whose value the source does not tell. */
  | { kind: 'hidden-secret'; type: string; path: string }
  /**
   * The same advisory for a package in ten lockfiles is one. `advisory` is the
   * CVE id, without one the GHSA id, else whatever the source calls it. Without
   * the ecosystem, which not every source tells.
   */
  | { kind: 'vulnerability'; package: string; advisory: string }
  | {
      kind: 'code';
      rule: string;
      path: string;
      message: string;
      /**
       * Counts from 0 what has the same rule, path and message, in the order of
       * the lines. When one of several twins is fixed the last one closes.
       */
      ordinal: number;
    }
  | { kind: 'license'; package: string; license: string }
  | { kind: 'header'; header: string };

/**
 * SHA-256 of a text in lower-case hex. The caller brings it, because browsers
 * and Node offer it differently.
 *
 * @public
 */
export type Sha256 = (text: string) => string;

/**
 * Names a problem so that the next scan, and another source, finds it again:
 * 32 hex digits, equal for equal identities.
 *
 * Messages are compared without their digits, case and spacing, because tools
 * mention lines and columns in them.
 *
 * @public
 */
export function fingerprint(identity: FindingIdentity, sha256: Sha256): string {
  return sha256(JSON.stringify(parts(identity))).slice(0, 32);
}

/**
 * Shortens a secret to what tells it from others and cannot be turned back: 16
 * hex digits. Surrounding space does not count.
 *
 * @public
 */
export function secretHash(value: string, sha256: Sha256): string {
  return sha256(JSON.stringify(['secret-value', value.trim()])).slice(0, 16);
}

function parts(identity: FindingIdentity): (string | number)[] {
  const { kind } = identity;
  switch (kind) {
    case 'secret':
      return [kind, identity.valueHash];
    case 'hidden-secret':
      return [kind, identity.type.toLowerCase(), identity.path];
    case 'vulnerability':
      return [
        kind,
        identity.package.toLowerCase(),
        identity.advisory.toUpperCase(),
      ];
    case 'code':
      return [
        kind,
        identity.rule,
        identity.path,
        withoutDetails(identity.message),
        identity.ordinal,
      ];
    case 'license':
      return [kind, identity.package, identity.license.toUpperCase()];
    default:
      return [kind, identity.header.toLowerCase()];
  }
}

function withoutDetails(message: string): string {
  return message.toLowerCase().replace(/\d+/g, '0').replace(/\s+/g, ' ').trim();
}
