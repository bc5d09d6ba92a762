import type { LoggerService } from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import { isSignedByVercel } from '@forkyard/backend-kit';
import { BatchCommitter } from './BatchCommitter';
import type { DrainReceipt } from './countNew';
import type { DrainBatch, DrainKind } from './DrainBatch';
import { inflate } from './inflate';
import type { DrainDelivery, IngestService } from './IngestService';
import { readLogBatch } from './readLogBatch';
import { readTraceBatch } from './readTraceBatch';

/** Longest body after inflation. */
const INFLATED_LIMIT_BYTES = 50_000_000;

/** Paths of probes, which are no users' requests. */
export const DEFAULT_IGNORED_PATHS = ['/healthz', '/metrics'];

/** Knows the secrets with which drains sign what they send. */
export interface DrainSecrets {
  listSecrets(kind: DrainKind): Promise<string[]>;
}

/** Verifies, reads and counts what drains send. */
export class DefaultIngestService implements IngestService {
  readonly #committer: BatchCommitter;
  readonly #ignoredPaths: ReadonlySet<string>;

  constructor(
    private readonly options: {
      rollups: { commit(batches: DrainBatch[]): Promise<DrainReceipt[]> };
      secrets: DrainSecrets;
      logger: LoggerService;
      /** Exact paths without query. */
      ignoredPaths?: string[];
    },
  ) {
    this.#committer = new BatchCommitter(options.rollups);
    this.#ignoredPaths = new Set(options.ignoredPaths ?? DEFAULT_IGNORED_PATHS);
  }

  async receive(delivery: DrainDelivery): Promise<DrainReceipt> {
    await this.#verify(delivery);
    const body = await inflate(delivery.rawBody, {
      encoding: delivery.encoding,
      limitBytes: INFLATED_LIMIT_BYTES,
    });
    const read = delivery.kind === 'logs' ? readLogBatch : readTraceBatch;
    const batch = read(body, { ignoredPaths: this.#ignoredPaths });
    return this.#committer.commit(batch);
  }

  async #verify({ kind, rawBody, signature }: DrainDelivery): Promise<void> {
    if (!signature) {
      throw new AuthenticationError(
        "The delivery is not signed: its header 'x-vercel-signature' is missing.",
      );
    }
    const secrets = await this.options.secrets.listSecrets(kind);
    if (secrets.length === 0) {
      this.options.logger.warn(
        "A drain delivered, but no secret to verify it is known: set 'slo.vercel.drainUrl' or 'slo.vercel.drainSecret'",
      );
    }
    if (!isSignedByVercel(secrets, { rawBody, signature })) {
      throw new AuthenticationError(
        'The signature of the delivery is wrong: it was not made with a secret that we share with Vercel.',
      );
    }
  }
}
