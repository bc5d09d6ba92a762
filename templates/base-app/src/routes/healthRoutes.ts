import { timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Dependencies } from '../dependencies.js';
import { Problem } from '../problems.js';

/** What machines ask: is it well, and what does it count. */
export function createHealthRoutes(dependencies: Dependencies): Hono {
  const { settings, database, counters, metrics } = dependencies;
  const routes = new Hono();

  // 503 only when something is configured and away: then another version, or the
  // database, has to be looked at. A fork without a database is well, but small.
  routes.get('/healthz', async context => {
    const [databaseState, countersState] = await Promise.all([
      database.check(),
      counters.check(),
    ]);
    const isUp = databaseState !== 'down';
    context.header('cache-control', 'no-store');
    return context.json(
      {
        status: !isUp
          ? 'down'
          : databaseState === 'ok' && countersState === 'ok'
            ? 'ok'
            : 'degraded',
        version: settings.version,
        database: databaseState,
        counters: `${counters.kind}: ${countersState}`,
        errorReports: settings.sentryDsn ? 'sentry' : 'log only',
      },
      isUp ? 200 : 503,
    );
  });

  routes.get('/metrics', async context => {
    const { metricsToken } = settings;
    const given = context.req.header('authorization') ?? '';
    if (metricsToken && !isSame(given, `Bearer ${metricsToken}`)) {
      throw new Problem(401, 'Metrics need the bearer token METRICS_TOKEN.');
    }
    return context.body(await metrics.print(), 200, {
      'content-type': metrics.contentType,
    });
  });

  return routes;
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
