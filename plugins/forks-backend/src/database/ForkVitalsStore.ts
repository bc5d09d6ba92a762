import type { ForkVitals, ForkVitalsPart } from '@forkyard/plugin-forks-common';

/** What one part tells of one entity. */
export type PartVitals<TPart extends ForkVitalsPart = ForkVitalsPart> = {
  entityRef: string;
  value: NonNullable<ForkVitals[TPart]>;
};

/**
 * Port to what the other plugins told of the forks.
 */
export interface ForkVitalsStore {
  /**
   * Where to go on in the feed of a part; undefined begins it anew, which also
   * happens when the last whole reading is older than the given time.
   */
  findCursor(request: {
    part: ForkVitalsPart;
    wholeEverySeconds: number;
  }): Promise<string | undefined>;
  /**
   * Keeps a page of a feed and how far it went, both or neither. Entities that
   * are no forks are left out. Gives the names of the forks that changed.
   */
  putPage(request: {
    part: ForkVitalsPart;
    items: PartVitals[];
    /** Where this page began. */
    from: string | undefined;
    cursor: string;
  }): Promise<string[]>;
}
