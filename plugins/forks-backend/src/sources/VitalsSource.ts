import type { ChangePage } from '@forkyard/api-client';
import type { ForkVitalsPart } from '@forkyard/plugin-forks-common';
import type { PartVitals } from '../database/ForkVitalsStore';

/**
 * Port to a plugin that tells how entities are.
 */
export interface VitalsSource {
  readonly part: ForkVitalsPart;
  /** Undefined when the plugin is not installed. */
  listChanges(request: {
    cursor?: string;
    limit: number;
  }): Promise<ChangePage<PartVitals> | undefined>;
}
