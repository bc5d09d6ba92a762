import type { LoggerService } from '@backstage/backend-plugin-api';
import { AuthenticationError } from '@backstage/errors';
import { isSignedByVercel, type OwnRequests } from '@forkyard/backend-kit';
import { BatchCommitter } from './BatchCommitter';
import type { DrainReceipt } from './countNew';
import type { DrainBatch, DrainKind } from './DrainBatch';
import { inflate } from './inflate';
import type { DrainDelivery, IngestService } from './IngestService';
import { readLogBatch, type LogBatchOptions } from './readLogBatch';
import { readTraceBatch } from './readTraceBatch';

/** Longest body after inflation. */
const INFLATED_LIMIT_BYTES = 50_000_000;

/** Hex HMAC-SHA1: https://vercel.com/docs/drains/security. */
const SIGNATURE = /^[0-9a-f]{40}$/;

/** Paths of probes, which are no users' requests. */
export const DEFAULT_IGNORED_PATHS = ['/healthz', '/metrics'];

/** Knows the secrets with which drains sign what they send. */
export interface DrainSecrets {
  listSecrets(kind: DrainKind): Promise<string[]>;
}

/** Verifies, reads and counts what drains send. */
export class DefaultIngestService implements IngestService {
  readonly #committer: BatchCommitter;
  readonly #batchOptions: LogBatchOptions;
  /** Anybody can post, so the log is told once. */
  #hasWarned = false;

  constructor(
    private readonly options: {
      rollups: { commit(batches: DrainBatch[]): Promise<DrainReceipt[]> };
      secrets: DrainSecrets;
      logger: LoggerService;
      /** Exact paths without query. */
      ignoredPaths?: string[];
      /** Default: no request of a log is one of the portal's own. */
      ownRequests?: Pick<OwnRequests, 'isOwn'>;
    },
  ) {
    this.#committer = new BatchCommitter(options.rollups);
    const { ignoredPaths = DEFAULT_IGNORED_PATHS, ownRequests } = options;
    this.#batchOptions = { ignoredPaths: new Set(ignoredPaths), ownRequests };
  }

  async admit(
    request: Pick<DrainDelivery, 'kind' | 'signature'>,
  ): Promise<void> {
    await this.#listSecrets(request);
  }

  async receive(delivery: DrainDelivery): Promise<DrainReceipt> {
    const { rawBody, signature = '', encoding, kind } = delivery;
    const secrets = await this.#listSecrets(delivery);
    if (!isSignedByVercel(secrets, { rawBody, signature })) {
      throw new AuthenticationError(
        'The signature of the delivery is wrong: it was not made with a secret that we share with Vercel.',
      );
    }
    delivery.onVerified?.();
    const body = await inflate(rawBody, {
      encoding,
      limitBytes: INFLATED_LIMIT_BYTES,
    });
    const read = kind === 'logs' ? readLogBatch : readTraceBatch;
    const batch = read(body, this.#batchOptions);
    return this.#committer.commit(batch);
  }

  /** Gives at least one secret, for a signature that may be one. */
  async #listSecrets({
    kind,
    signature,
  }: Pick<DrainDelivery, 'kind' | 'signature'>): Promise<string[]> {
    if (!signature) {
      throw new AuthenticationError(
        "The delivery is not signed: its header 'x-vercel-signature' is missing.",
      );
    }
    if (!SIGNATURE.test(signature)) {
      throw new AuthenticationError(
        "The signature of the delivery is wrong: 'x-vercel-signature' is no HMAC-SHA1 in hex.",
      );
    }
    const secrets = await this.options.secrets.listSecrets(kind);
    if (secrets.length > 0) return secrets;
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      this.options.logger.warn(
        "A drain delivered, but no secret to verify it is known: set 'slo.vercel.drainUrl' or 'slo.vercel.drainSecret'",
      );
    }
    throw new AuthenticationError(
      'The signature of the delivery cannot be verified: no secret is shared with Vercel.',
    );
  }
}
