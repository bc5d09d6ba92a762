/** Of an even number: the lowest bit is left to the caller. */
export interface Hash64 {
  high: number;
  low: number;
}

/**
 * Hashes an id to 63 bits, into `into`, so that no object is made per row.
 *
 * Two lanes of MurmurHash3 (Austin Appleby, public domain, x86_32), two UTF-16
 * units a step. The result is stored and compared by other processes and later
 * versions: a changed function forgets what was counted before.
 */
export function hashId(id: string, seed: number, into: Hash64): void {
  let first = seed | 0;
  let second = (seed ^ 0x5bd1e995) | 0;
  const { length } = id;
  for (let index = 0; index < length; index += 2) {
    const next = index + 1 < length ? id.charCodeAt(index + 1) : 0;
    const block = id.charCodeAt(index) | (next << 16);
    let a = Math.imul(block, 0xcc9e2d51);
    a = Math.imul((a << 15) | (a >>> 17), 0x1b873593);
    first ^= a;
    first = (Math.imul((first << 13) | (first >>> 19), 5) + 0xe6546b64) | 0;
    let b = Math.imul(block, 0x239b961b);
    b = Math.imul((b << 16) | (b >>> 16), 0xab0e9789);
    second ^= b;
    second = (Math.imul((second << 17) | (second >>> 15), 5) + 0x0bcaa747) | 0;
  }
  first = (first ^ length) + second;
  second = (second ^ length) + first;
  into.high = finish(first);
  into.low = (finish(second) & ~1) >>> 0;
  // Nothing but zeros marks a free place in tables of hashes.
  if (into.high === 0 && into.low === 0) into.high = 1;
}

function finish(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
