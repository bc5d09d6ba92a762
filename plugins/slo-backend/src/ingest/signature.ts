import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Tells in constant time whether a body was signed as Vercel does, by hex
 * HMAC-SHA1 of the raw bytes (https://vercel.com/docs/drains/security), with
 * one of the secrets.
 */
export function isSignedWithOneOf(
  secrets: string[],
  request: { rawBody: Buffer[]; signature: string },
): boolean {
  const given = Buffer.from(request.signature, 'utf8');
  let matches = false;
  for (const secret of secrets) {
    const hmac = createHmac('sha1', secret);
    for (const chunk of request.rawBody) hmac.update(chunk);
    const expected = Buffer.from(hmac.digest('hex'), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      matches = true;
    }
  }
  return matches;
}
