import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type express from 'express';
import { z } from 'zod';
import { badRequest, parseRequest } from '../errors';
import type { VercelContext } from '../VercelContext';

const time = z.iso.datetime({
  offset: true,
  error: 'must be an ISO 8601 date-time in UTC',
});

const querySchema = z.looseObject({ from: time, to: time });

const MILLIS_A_DAY = 86_400_000;
const MOST_DAYS = 366;

/** What the team's projects cost. */
export function billingRoutes(
  router: express.Router,
  context: VercelContext,
): void {
  router.get('/v1/billing/charges', async (request, response) => {
    const query = parseRequest(querySchema, request.query);
    const from = Date.parse(query.from);
    const to = Date.parse(query.to);
    if (to <= from) {
      throw badRequest('Invalid request: `to` must be after `from`.');
    }
    if (to - from > MOST_DAYS * MILLIS_A_DAY) {
      throw badRequest(
        'Invalid request: `from` and `to` must be at most one year apart.',
      );
    }
    // A day that is asked for in part is given whole: there is no finer grain.
    const charges = context.meter.charges(
      dayOf(from),
      dayOf(to - 1 + MILLIS_A_DAY),
    );
    response.setHeader('content-type', 'application/jsonl');
    response.setHeader('cache-control', 'no-store');
    const source = Readable.from(charges);
    if (request.acceptsEncodings('gzip', 'identity') === 'gzip') {
      response.setHeader('content-encoding', 'gzip');
      await pipeline(source, createGzip(), response);
    } else {
      await pipeline(source, response);
    }
  });
}

function dayOf(millis: number): string {
  return new Date(millis).toISOString().slice(0, 10);
}
