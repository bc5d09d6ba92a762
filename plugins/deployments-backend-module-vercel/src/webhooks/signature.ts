import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs a body as Vercel does: hex HMAC-SHA1 of the raw bytes. */
export function sign(rawBody: Buffer, secret: string): string {
  return createHmac('sha1', secret).update(rawBody).digest('hex');
}

/** Compares in constant time with the signature that each secret makes. */
export function isSignedWithOneOf(
  secrets: string[],
  request: { rawBody: Buffer; signature: string },
): boolean {
  const given = Buffer.from(request.signature, 'utf8');
  let matches = false;
  for (const secret of secrets) {
    const expected = Buffer.from(sign(request.rawBody, secret), 'utf8');
    if (given.length === expected.length && timingSafeEqual(given, expected)) {
      matches = true;
    }
  }
  return matches;
}
