import { HashTable } from './HashTable';

const FIRST_SLOTS = 1 << 12;
const MOST_SLOTS = 1 << 22;

interface Segment {
  table: HashTable;
  /** When the oldest and the newest commit in it were made, in milliseconds. */
  from: number;
  to: number;
}

/**
 * Remembers the hashes of what was counted, for a time and within a bound.
 *
 * They lie in segments by the time of their commit; a whole segment is
 * forgotten at once.
 */
export class SeenHashes {
  readonly #options: { keepMs: number; maxHashes: number };
  readonly #segments: Segment[] = [];
  #count = 0;
  #forgottenUntil = 0;

  constructor(options: {
    /** How long after its commit a hash is remembered. */
    keepMs: number;
    /** With more, the oldest are forgotten before their time. */
    maxHashes: number;
  }) {
    this.#options = options;
  }

  /** When the newest commit was made that is forgotten, in milliseconds. */
  get forgottenUntil(): number {
    return this.#forgottenUntil;
  }

  /** See `HashTable.find`. */
  find(high: number, low: number): number {
    let found = 0;
    for (const { table } of this.#segments) found |= table.find(high, low);
    return found;
  }

  /** Takes the hashes of one commit, 8 bytes each, big-endian. */
  addAll(hashes: Uint8Array, committedAt: number): void {
    const { buffer, byteOffset, byteLength } = hashes;
    const view = new DataView(buffer, byteOffset, byteLength);
    for (let offset = 0; offset < byteLength; offset += 8) {
      this.#segmentFor(committedAt).table.add(
        view.getUint32(offset),
        view.getUint32(offset + 4),
      );
      this.#count += 1;
    }
    this.#forget(committedAt);
  }

  #segmentFor(committedAt: number): Segment {
    const newest = this.#segments.at(-1);
    const spanMs = this.#options.keepMs / 4;
    if (newest && !newest.table.isFull && committedAt < newest.from + spanMs) {
      newest.to = Math.max(newest.to, committedAt);
      return newest;
    }
    const segment = {
      table: new HashTable({ slots: FIRST_SLOTS, mostSlots: MOST_SLOTS }),
      from: committedAt,
      to: committedAt,
    };
    this.#segments.push(segment);
    return segment;
  }

  #forget(now: number): void {
    const { keepMs, maxHashes } = this.#options;
    while (this.#segments.length > 1) {
      const [oldest] = this.#segments;
      if (oldest.to >= now - keepMs && this.#count <= maxHashes) return;
      this.#segments.shift();
      this.#count -= oldest.table.count;
      this.#forgottenUntil = Math.max(this.#forgottenUntil, oldest.to);
    }
  }
}
