import type { FindingReport } from '@forkyard/plugin-security-findings-common';
import type { FindingsStore, SightingOutcome } from '../database/FindingsStore';
import type { Scan, ScanKey, ScanResult } from '../database/ScansStore';
import type { FindingsAnnouncer } from './FindingsAnnouncer';

/** What a look found, and what was known before. */
export interface Look extends ScanKey {
  reports: FindingReport[];
  incompleteReason?: string;
  unseenPaths?: ReadonlySet<string>;
  version?: string;
  held: Scan | undefined;
  /** Whether somebody asked for this very look and will believe it. */
  confirm: boolean;
}

/**
 * Takes over what was found and decides whether to believe it.
 *
 * A look that has far less than is held closes nothing, and is believed when a
 * look at another, newer version says so too, or when somebody asks for a look.
 * A second look at the same version proves nothing, because what broke the
 * first may break it as well. Sources that know no versions, such as GitHub's
 * alerts, are believed only when somebody asks.
 */
export class SightingService {
  constructor(
    private readonly options: {
      findings: FindingsStore;
      announcer: FindingsAnnouncer;
    },
  ) {}

  async apply(
    look: Look,
  ): Promise<{ result: ScanResult; outcome: SightingOutcome }> {
    const { held, version, incompleteReason } = look;
    const isConfirmedByNewer =
      version !== undefined &&
      held?.doubtedVersion !== undefined &&
      held.doubtedVersion !== version;
    const outcome = await this.options.findings.applySighting({
      entityRef: look.entityRef,
      source: look.source,
      category: look.category,
      reports: look.reports,
      complete: incompleteReason === undefined,
      unseenPaths: look.unseenPaths,
      confirmed: look.confirm || isConfirmedByNewer,
    });
    const result: ScanResult = outcome.unconfirmed
      ? {
          condition: 'unconfirmed',
          reason: `Only ${look.reports.length} findings were told, far fewer than before, so nothing was closed. A look at a newer commit or a refresh decides.`,
          doubtedVersion: version,
        }
      : { condition: 'on', reason: incompleteReason, version };
    return { result, outcome };
  }

  /** Tells others; call it once the result is kept. */
  async announce(entityRef: string, outcome: SightingOutcome): Promise<void> {
    await this.options.announcer.announce({
      entityRef,
      opened: outcome.opened,
      closed: outcome.fixed,
      isNews: true,
    });
  }
}
