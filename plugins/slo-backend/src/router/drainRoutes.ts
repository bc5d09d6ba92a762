import { InputError } from '@backstage/errors';
import type { Request, Response, Router } from 'express';
import type { DrainReceipt } from '../ingest/countNew';
import type { IngestService } from '../ingest/IngestService';
import { PayloadTooLargeError } from '../ingest/PayloadTooLargeError';

/** Longest body that is read before its signature is checked. */
const BODY_LIMIT_BYTES = 10_000_000;
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
  router.post('/drains/vercel/logs', async (req, res) => {
    res.json(await receive(req, res, { ingest, kind: 'logs' }));
  });
  router.post('/drains/vercel/traces', async (req, res) => {
    const receipt = await receive(req, res, { ingest, kind: 'traces' });
    res.json(toExportResponse(receipt));
  });
}

async function receive(
  req: Request,
  res: Response,
  { ingest, kind }: { ingest: IngestService; kind: 'logs' | 'traces' },
): Promise<DrainReceipt> {
  const rawBody = await readBody(req, res);
  if (rawBody.length === 0) throw new InputError('The delivery has no body.');
  return ingest.receive({
    kind,
    rawBody,
    signature: req.get('x-vercel-signature'),
    encoding: req.get('content-encoding'),
  });
}

/** Reads the bytes as they are: express would inflate them first. */
async function readBody(req: Request, res: Response): Promise<Buffer[]> {
  try {
    if (Number(req.get('content-length') ?? 0) > BODY_LIMIT_BYTES) {
      throw new PayloadTooLargeError(TOO_LARGE);
    }
    return await new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let length = 0;
      req.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > BODY_LIMIT_BYTES) {
          chunks.length = 0;
          reject(new PayloadTooLargeError(TOO_LARGE));
        } else {
          chunks.push(chunk);
        }
      });
      req.once('end', () => resolve(chunks));
      req.once('error', reject);
    });
  } catch (error) {
    // What else comes is read and dropped until the answer is out.
    res.set('connection', 'close');
    req.removeAllListeners('data');
    req.resume();
    throw error;
  }
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
