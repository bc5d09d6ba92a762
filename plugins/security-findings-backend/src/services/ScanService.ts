import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  assertError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { FindingSource } from '@forkyard/plugin-security-findings-common';
import type { SightingOutcome } from '../database/FindingsStore';
import type { Scan, ScanResult, ScansStore } from '../database/ScansStore';
import type { FindingsSource, ScanOutcome } from '../sources/FindingsSource';
import type { SightingService } from './SightingService';

/** Longer than the largest repository takes. */
const LEASE_SECONDS = 900;
/** Looks that one process takes at the same time. */
const CONCURRENCY = 2;
/** Failing sources are asked at least this often. */
const MAX_BACK_OFF_SECONDS = 3600;

interface LookResult {
  result: ScanResult;
  outcome?: SightingOutcome;
}

/**
 * Looks at sources and takes over what they have.
 *
 * Replicas share the work by leases; a look that happens twice finds the same.
 */
export class ScanService {
  readonly #sources: Map<FindingSource, FindingsSource>;

  constructor(
    private readonly options: {
      scans: ScansStore;
      sources: FindingsSource[];
      sightings: SightingService;
      logger: LoggerService;
      refreshMinutes: number;
    },
  ) {
    this.#sources = new Map(
      options.sources.map(source => [source.source, source]),
    );
  }

  /** The sources that are looked at; uploads come by themselves. */
  listSources(): FindingSource[] {
    return [...this.#sources.keys()];
  }

  /**
   * Looks at everything that is due, until nothing is. A source's failure is
   * kept; a failure of our own database is thrown.
   */
  async scanDue(signal?: AbortSignal): Promise<void> {
    const work = async () => {
      while (!signal?.aborted) {
        const [claimed] = await this.options.scans.claimDue({
          limit: 1,
          leaseSeconds: LEASE_SECONDS,
        });
        if (!claimed) return;
        const look = await this.#look(claimed, { confirm: false, signal });
        const isOurs = await this.options.scans.complete(
          claimed.leaseId,
          look.result,
        );
        if (!isOurs) {
          this.options.logger.info(
            `The lease on ${claimed.source} of '${claimed.entityRef}' ran out; its successor decides when it is due`,
          );
        }
        await this.#announce(claimed.entityRef, look);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
  }

  /**
   * Looks at every source of an entity now and believes what each says. Throws
   * when none of them could answer.
   */
  async refreshEntity({ entityRef }: { entityRef: string }): Promise<void> {
    const held = await this.options.scans.listByEntity(entityRef);
    const scans = held.filter(({ source }) => this.#sources.has(source));
    if (scans.length === 0) {
      throw new NotFoundError(
        `Entity '${entityRef}' has nothing to look at: set its annotation 'github.com/project-slug' to owner/repository.`,
      );
    }
    const results = await Promise.all(
      scans.map(async scan => {
        const look = await this.#look(scan, { confirm: true });
        await this.options.scans.record(scan, look.result);
        await this.#announce(entityRef, look);
        return look.result;
      }),
    );
    if (results.every(({ condition }) => condition === 'failing')) {
      throw new ServiceUnavailableError(
        `None of the sources of '${entityRef}' could be asked. ${results[0].reason}`,
      );
    }
  }

  /** Makes sources of an entity, or of a repository, due at once. */
  async requestScan(
    where: { entityRef: string } | { repository: string },
  ): Promise<void> {
    await this.options.scans.request(where, this.listSources());
  }

  async #announce(entityRef: string, look: LookResult): Promise<void> {
    await this.options.sightings.announce(
      entityRef,
      look.outcome ?? { opened: [], fixed: 0, unconfirmed: false },
    );
  }

  async #look(
    scan: Scan,
    options: { confirm: boolean; signal?: AbortSignal },
  ): Promise<LookResult> {
    const intervalSeconds = this.options.refreshMinutes * 60;
    const found = await this.#ask(scan, options);
    if (found.kind === 'failing') {
      return {
        result: {
          condition: 'failing',
          reason: found.reason,
          nextInSeconds: Math.max(
            intervalSeconds,
            Math.min(
              intervalSeconds * 2 ** Math.min(scan.failures, 16),
              MAX_BACK_OFF_SECONDS,
            ),
          ),
        },
      };
    }
    const look = await this.#take(scan, found, options);
    return {
      ...look,
      result: { ...look.result, nextInSeconds: intervalSeconds },
    };
  }

  async #take(
    scan: Scan,
    found: ScanOutcome,
    { confirm }: { confirm: boolean },
  ): Promise<LookResult> {
    const { condition, reason, version, doubtedVersion } = scan;
    switch (found.kind) {
      case 'off':
        return { result: { condition: 'off', reason: found.reason } };
      case 'unchanged':
        return {
          result:
            condition === 'unconfirmed'
              ? { condition, reason, doubtedVersion }
              : { condition: 'on', reason, version },
        };
      default:
        return this.options.sightings.apply({
          ...found,
          entityRef: scan.entityRef,
          source: scan.source,
          category: scan.category,
          held: scan,
          confirm,
        });
    }
  }

  async #ask(
    scan: Scan,
    options: { confirm: boolean; signal?: AbortSignal },
  ): Promise<ScanOutcome | { kind: 'failing'; reason: string }> {
    const source = this.#sources.get(scan.source);
    if (!source) {
      return {
        kind: 'off',
        reason: 'This scan is switched off in the configuration.',
      };
    }
    const tracked = await this.options.scans.findTracked(scan.entityRef);
    if (source.needsRepository && !tracked?.repository) {
      return {
        kind: 'off',
        reason: tracked?.refusal ?? 'The entity names no repository.',
      };
    }
    const [owner, name] = tracked?.repository?.split('/') ?? ['', ''];
    const isHeld = scan.condition === 'on' || scan.condition === 'unconfirmed';
    try {
      return await source.scan(
        {
          entityRef: scan.entityRef,
          repository: { owner, name },
          heldVersion:
            isHeld && !options.confirm
              ? (scan.doubtedVersion ?? scan.version)
              : undefined,
        },
        options,
      );
    } catch (error) {
      assertError(error);
      options.signal?.throwIfAborted();
      return { kind: 'failing', reason: this.#describe(scan, error) };
    }
  }

  #describe(scan: Scan, error: Error): string {
    const what = `Could not look at ${scan.source} of '${scan.entityRef}'`;
    if (error.name === 'ServiceUnavailableError') {
      this.options.logger.warn(`${what}: ${error.message}`);
      return error.message;
    }
    this.options.logger.error(what, error);
    return 'The look failed for a reason of our own; see the log of the backend.';
  }
}
