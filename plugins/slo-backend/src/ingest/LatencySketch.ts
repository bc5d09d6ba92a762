import { DDSketch } from '@datadog/sketches-js';
import { InputError } from '@backstage/errors';

/** Half the width of a bin, relative to the duration it stands for. */
const RELATIVE_ACCURACY = 0.01;

/**
 * Durations are put in as microseconds and never below ten of them: the
 * library (2.1.1) takes a highest key of 0, which is a value just below 1, for
 * none when it merges, and then counts NaN.
 */
const UNITS_PER_MS = 1000;
const SHORTEST_UNITS = 10;
/** A day: whatever lasts longer is counted as that. */
const LONGEST_UNITS = 86_400_000 * UNITS_PER_MS;

/**
 * Counts durations in bins whose width grows with the duration (DDSketch,
 * Masson, Rim and Lee, VLDB 2019), so that sketches can be added up without
 * losing accuracy: a quantile is off by at most 1 % of its value.
 *
 * The same durations give the same bytes, however they were grouped and in
 * whatever order they were merged.
 */
export class LatencySketch {
  readonly #sketch: DDSketch;

  private constructor(sketch: DDSketch) {
    this.#sketch = sketch;
  }

  static empty(): LatencySketch {
    return new LatencySketch(
      new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY }),
    );
  }

  /** Reads what {@link LatencySketch.toBytes} wrote. */
  static fromBytes(bytes: Uint8Array): LatencySketch {
    const read = DDSketch.fromProto(bytes);
    const { mapping, store, zeroCount } = read;
    const sketch = new DDSketch({ relativeAccuracy: RELATIVE_ACCURACY });
    if (Math.abs(mapping.gamma - sketch.mapping.gamma) > 1e-9) {
      throw new InputError(
        `The latency sketch was made with another accuracy (gamma ${mapping.gamma}) than is read here (${sketch.mapping.gamma}).`,
      );
    }
    // The mapping that was read differs in its last bit, and would be refused
    // by a merge.
    sketch.store = store;
    sketch.zeroCount = zeroCount;
    sketch.count = store.count + zeroCount;
    return new LatencySketch(sketch);
  }

  get count(): number {
    return this.#sketch.count;
  }

  add(durationMs: number): void {
    const units = durationMs * UNITS_PER_MS;
    this.#sketch.accept(
      Math.min(Math.max(units, SHORTEST_UNITS), LONGEST_UNITS),
    );
  }

  merge(other: LatencySketch): void {
    this.#sketch.merge(other.#sketch);
  }

  /**
   * Gives the duration in milliseconds that the share `quantile` (0 to 1) does
   * not exceed, within 1 %; undefined without durations.
   */
  getQuantile(quantile: number): number | undefined {
    if (this.count === 0) return undefined;
    return this.#sketch.getValueAtQuantile(quantile) / UNITS_PER_MS;
  }

  /**
   * Counts the durations of at most so many milliseconds. A duration is put on
   * the wrong side only when it is within 1.02 % of the threshold.
   */
  countAtMost(thresholdMs: number): number {
    const { store, mapping } = this.#sketch;
    const units = thresholdMs * UNITS_PER_MS;
    let count = 0;
    for (let index = 0; index < store.bins.length; index += 1) {
      const bin = store.bins[index];
      if (bin === 0) continue;
      if (mapping.value(index + store.offset) > units) break;
      count += bin;
    }
    return count;
  }

  /**
   * Counts the durations above so many milliseconds: all that
   * {@link LatencySketch.countAtMost} does not count, with the same accuracy.
   */
  countAbove(thresholdMs: number): number {
    return this.count - this.countAtMost(thresholdMs);
  }

  toBytes(): Buffer {
    const { store } = this.#sketch;
    if (store.count > 0) {
      // The bins are padded, by what the sketch has been through.
      const first = store.minKey - store.offset;
      const last = store.maxKey - store.offset;
      store.bins = store.bins.slice(first, last + 1);
      store.offset = store.minKey;
    }
    return Buffer.from(this.#sketch.toProto());
  }
}
