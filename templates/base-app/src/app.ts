import { Hono } from 'hono';

/** Builds the application: every route, whatever it runs on. */
export function createApp(): Hono {
  const app = new Hono();
  const title = process.env.APP_TITLE ?? 'Base app';
  const version = process.env.VERCEL_GIT_COMMIT_SHA ?? 'development';
  app.get('/healthz', c =>
    c.json({ status: 'ok', version, database: 'not configured' }),
  );
  app.get('/', c => c.html(`<!doctype html><title>${title}</title><h1>${title}</h1>`));
  return app;
}
