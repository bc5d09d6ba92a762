/** What is known of a hash; the two may come together. */
export const SEEN = 1;
export const SEEN_AS_ERROR = 2;

const MOST_LOAD = 0.6;

/**
 * Holds 64-bit hashes in a table with open addressing, a tenth of the memory
 * that a `Set` takes. The lowest bit of a hash tells whether it was counted as
 * an error; the others tell what was counted.
 */
export class HashTable {
  #count = 0;
  #slots: number;
  #table: Uint32Array;
  readonly #mostSlots: number;

  /** Takes powers of two. */
  constructor(options: { slots: number; mostSlots: number }) {
    this.#slots = options.slots;
    this.#mostSlots = options.mostSlots;
    this.#table = new Uint32Array(2 * options.slots);
  }

  get count(): number {
    return this.#count;
  }

  /** Tells that no more should be added. */
  get isFull(): boolean {
    return this.#slots === this.#mostSlots && this.#isLoaded;
  }

  /** Gives SEEN and SEEN_AS_ERROR, added up; 0 for what is not held. */
  find(high: number, low: number): number {
    const table = this.#table;
    const mask = this.#slots - 1;
    const even = (low & ~1) >>> 0;
    let found = 0;
    for (let slot = high & mask; ; slot = (slot + 1) & mask) {
      const heldHigh = table[2 * slot];
      const heldLow = table[2 * slot + 1];
      if (heldHigh === 0 && heldLow === 0) return found;
      if (heldHigh === high && (heldLow & ~1) >>> 0 === even) {
        found |= (heldLow & 1) === 0 ? SEEN : SEEN_AS_ERROR;
      }
    }
  }

  /** Adds without looking whether it is there. */
  add(high: number, low: number): void {
    if (this.#isLoaded && this.#slots < this.#mostSlots) this.#grow();
    put(this.#table, high, low);
    this.#count += 1;
  }

  get #isLoaded(): boolean {
    return this.#count >= this.#slots * MOST_LOAD;
  }

  #grow(): void {
    const held = this.#table;
    this.#slots *= 2;
    this.#table = new Uint32Array(2 * this.#slots);
    for (let index = 0; index < held.length; index += 2) {
      if (held[index] !== 0 || held[index + 1] !== 0) {
        put(this.#table, held[index], held[index + 1]);
      }
    }
  }
}

function put(table: Uint32Array, high: number, low: number): void {
  const mask = table.length / 2 - 1;
  let slot = high & mask;
  while (table[2 * slot] !== 0 || table[2 * slot + 1] !== 0) {
    slot = (slot + 1) & mask;
  }
  table[2 * slot] = high;
  table[2 * slot + 1] = low;
}
