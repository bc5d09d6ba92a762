import type { ProvisioningLogLine } from '@forkyard/plugin-forks-common';
import type { NewLogLine } from './LedgerStore';

/**
 * Port to the log of provisionings.
 */
export interface ProvisioningLogStore {
  /** Appends redacted lines; resolves to the highest sequence there is now. */
  appendLines(request: {
    provisioningId: string;
    lines: NewLogLine[];
  }): Promise<number>;
  /** Oldest first, at most 1,000. */
  listLines(request: {
    provisioningId: string;
    after: number;
  }): Promise<ProvisioningLogLine[]>;
}
