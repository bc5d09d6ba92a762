import type { FindingReport } from '@forkyard/plugin-security-findings-common';
import type { FindingsStore, SightingOutcome } from '../database/FindingsStore';
import type { Scan, ScanKey, ScanResult } from '../database/ScansStore';
import type { FindingsAnnouncer } from './FindingsAnnouncer';

/** What a look found, and what was known before. */
export interface Look extends ScanKey {
  reports: FindingReport[];
  incompleteReason?: string;
  unseenPaths?: ReadonlySet<string>;
  version?: string | (() => Promise<string>);
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
 * first may break it as well. What names no version, such as an uploaded report
 * without a commit, is believed only when somebody asks.
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
    const { held, incompleteReason } = look;
    const doubted = held?.doubtedVersion;
    const newer = doubted && (await findVersion(look));
    const isConfirmedByNewer = Boolean(newer) && newer !== doubted;
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
          doubtedVersion: await findVersion(look),
        }
      : {
          condition: 'on',
          reason: incompleteReason,
          version: typeof look.version === 'string' ? look.version : undefined,
        };
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

/** Without an answer the look stays in doubt, and the next one asks again. */
async function findVersion({ version }: Look): Promise<string | undefined> {
  if (typeof version !== 'function') return version;
  try {
    return await version();
  } catch {
    return undefined;
  }
}
