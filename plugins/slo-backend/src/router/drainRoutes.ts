import { InputError, ServiceUnavailableError } from '@backstage/errors';
import type { Request, Response, Router } from 'express';
import type { DrainReceipt } from '../ingest/countNew';
import type { IngestService } from '../ingest/IngestService';
import { PayloadTooLargeError } from '../ingest/PayloadTooLargeError';

/** Longest body that is read before its signature is checked. */
const BODY_LIMIT_BYTES = 10_000_000;
/** Longest of all bodies together that are not verified yet. */
const UNVERIFIED_LIMIT_BYTES = 64_000_000;
const RETRY_AFTER_SECONDS = 10;
const TOO_LARGE = `The delivery is longer than ${BODY_LIMIT_BYTES} bytes: send smaller batches, or compress them.`;

/**
 * Adds the routes that Vercel's drains post to. They are open to anybody, so
 * nothing is read into before the signature over the very bytes is verified.
 * They answer 200 when what was sent is durable.
 */
export function addDrainRoutes(
  router: Router,
  { ingest }: { ingest: IngestService },
): void {
  const unverified = { bytes: 0 };
  router.post('/drains/vercel/logs', async (req, res) => {
    res.json(await receive(req, res, { ingest, kind: 'logs', unverified }));
  });
  router.post('/drains/vercel/traces', async (req, res) => {
    const receipt = await receive(req, res, {
      ingest,
      kind: 'traces',
      unverified,
    });
    res.json(toExportResponse(receipt));
  });
}

interface Unverified {
  bytes: number;
}

async function receive(
  req: Request,
  res: Response,
  options: {
    ingest: IngestService;
    kind: 'logs' | 'traces';
    unverified: Unverified;
  },
): Promise<DrainReceipt> {
  const { ingest, kind, unverified } = options;
  const signature = req.get('x-vercel-signature');
  let held = 0;
  const release = () => {
    unverified.bytes -= held;
    held = 0;
  };
  try {
    const rawBody = await refuseEarly(req, res, async () => {
      await ingest.admit({ kind, signature });
      return readBody(req, length => {
        held += length;
        unverified.bytes += length;
        return unverified.bytes <= UNVERIFIED_LIMIT_BYTES;
      });
    });
    if (rawBody.length === 0) throw new InputError('The delivery has no body.');
    return await ingest.receive({
      kind,
      rawBody,
      signature,
      encoding: req.get('content-encoding'),
      onVerified: release,
    });
  } finally {
    release();
  }
}

/** Answers an error at once: what else comes is dropped until then. */
async function refuseEarly<T>(
  req: Request,
  res: Response,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (error) {
    res.set('connection', 'close');
    if (error instanceof ServiceUnavailableError) {
      res.set('retry-after', String(RETRY_AFTER_SECONDS));
    }
    req.removeAllListeners('data');
    req.resume();
    throw error;
  }
}

/** Reads the bytes as they are: express would inflate them first. */
async function readBody(
  req: Request,
  hold: (length: number) => boolean,
): Promise<Buffer[]> {
  if (Number(req.get('content-length') ?? 0) > BODY_LIMIT_BYTES) {
    throw new PayloadTooLargeError(TOO_LARGE);
  }
  if (req.destroyed) throw new InputError('The delivery was broken off.');
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = (error: Error) => {
      req.removeAllListeners('data');
      chunks.length = 0;
      reject(error);
    };
    req.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > BODY_LIMIT_BYTES) {
        refuse(new PayloadTooLargeError(TOO_LARGE));
      } else if (hold(chunk.length)) {
        chunks.push(chunk);
      } else {
        refuse(
          new ServiceUnavailableError(
            'Too many deliveries arrive at once. Send this one again later.',
          ),
        );
      }
    });
    req.once('end', () => resolve(chunks));
    req.once('error', reject);
    req.once('close', () => {
      if (!req.complete) reject(new InputError('The delivery was broken off.'));
    });
  });
}

/** OTLP's answer: https://opentelemetry.io/docs/specs/otlp/#partial-success-1. */
function toExportResponse({ rejected }: DrainReceipt): object {
  const reasons = Object.entries(rejected);
  if (reasons.length === 0) return {};
  return {
    partialSuccess: {
      rejectedSpans: String(reasons.reduce((sum, [, count]) => sum + count, 0)),
      errorMessage: reasons
        .map(([reason, count]) => `${count} ${reason}`)
        .join(', '),
    },
  };
}
