import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Signs a body as Vercel does: hex HMAC-SHA1 of the raw bytes.
 */
export function signAsVercel(rawBody: Buffer[], secret: string): string {
  const hmac = createHmac('sha1', secret);
  for (const chunk of rawBody) hmac.update(chunk);
  return hmac.digest('hex');
}

/**
 * Tells in constant time whether a body was signed as Vercel does
 * (https://vercel.com/docs/webhooks/webhooks-api and
 * https://vercel.com/docs/drains/security), with one of the secrets.
 */
export function isSignedByVercel(
  secrets: string[],
  request: { rawBody: Buffer[]; signature: string },
): boolean {
  const given = Buffer.from(request.signature, 'utf8');
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(signAsVercel(request.rawBody, secret), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      matches = true;
    }
  }
  return matches;
}
