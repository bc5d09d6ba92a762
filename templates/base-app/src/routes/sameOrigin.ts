import type { MiddlewareHandler } from 'hono';
import { Problem } from '../problems.js';

/**
 * Refuses a request that changes something and was sent by another site's page.
 *
 * Browsers say so in `Sec-Fetch-Site`; older ones send `Origin`. A request with
 * neither is not from a browser and carries no cookie that it was not given.
 */
export const sameOrigin: MiddlewareHandler = async (context, next) => {
  if (!['GET', 'HEAD', 'OPTIONS'].includes(context.req.method)) {
    const site = context.req.header('sec-fetch-site');
    const origin = context.req.header('origin');
    const host = context.req.header('host');
    const isOurs = site
      ? site === 'same-origin' || site === 'none'
      : !origin || (URL.canParse(origin) && new URL(origin).host === host);
    if (!isOurs) {
      throw new Problem(
        403,
        'This request came from another site. Open this application and try again.',
      );
    }
  }
  await next();
};
