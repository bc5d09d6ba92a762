import { randomUUID } from 'node:crypto';
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { routePath } from 'hono/route';
import { secureHeaders } from 'hono/secure-headers';
import type { Dependencies } from './dependencies.js';
import { log } from './observability/log.js';
import { Problem } from './problems.js';
import { createApiRoutes } from './routes/apiRoutes.js';
import { createHealthRoutes } from './routes/healthRoutes.js';
import { createPageRoutes } from './routes/pageRoutes.js';
import { sameOrigin } from './routes/sameOrigin.js';
import { ProblemPage } from './views/ProblemPage.js';
import { showPage } from './views/showPage.js';

// Room for an image of 3 MB as base64 in JSON, below what Vercel lets through.
const mostBodyBytes = 4_300_000;

/**
 * Builds the application: every route, whatever it runs on.
 *
 * `files` serves the folder `public` where the platform does not do it itself.
 */
export function createApp(
  dependencies: Dependencies,
  options: { files?: MiddlewareHandler } = {},
): Hono {
  const app = new Hono();
  app.use(observe(dependencies));
  app.use(
    secureHeaders({
      // The platform's edge decides about TLS, also for the domain's other hosts.
      strictTransportSecurity: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  app.use(sameOrigin);
  app.use(
    bodyLimit({
      maxSize: mostBodyBytes,
      onError: () => {
        throw new Problem(
          413,
          'This is too large; up to 3 MB can be processed.',
        );
      },
    }),
  );

  if (options.files) {
    app.get('/styles.css', options.files);
    app.get('/robots.txt', options.files);
  }
  app.route('/', createHealthRoutes(dependencies));
  app.route('/api', createApiRoutes(dependencies));
  app.route('/', createPageRoutes(dependencies));

  app.notFound(context =>
    showProblem(
      dependencies,
      context,
      new Problem(404, `There is nothing at ${context.req.path}.`),
    ),
  );
  app.onError((error, context) => showError(dependencies, context, error));
  return app;
}

/** Measures and logs every request; probes are measured only. */
function observe({ metrics }: Dependencies) {
  return async (context: Context, next: () => Promise<void>) => {
    const started = performance.now();
    context.header('x-request-id', requestIdOf(context));
    await next();
    const { method, path } = context.req;
    const { status } = context.res;
    const milliseconds = performance.now() - started;
    // The pattern, not the path: paths are endless, labels must not be.
    const route = status === 404 ? 'none' : routePath(context, -1);
    metrics.observeRequest({
      method,
      route,
      status,
      seconds: milliseconds / 1_000,
    });
    if (path !== '/healthz' && path !== '/metrics') {
      log(status >= 500 ? 'warn' : 'info', `${method} ${path} ${status}`, {
        requestId: requestIdOf(context),
        durationMs: Math.round(milliseconds),
      });
    }
  };
}

async function showError(
  dependencies: Dependencies,
  context: Context,
  error: Error,
) {
  const isExpected = error instanceof Problem;
  if (!isExpected || (error.status >= 500 && error.cause)) {
    await dependencies.errors.report(isExpected ? error.cause : error, {
      requestId: requestIdOf(context),
      path: context.req.path,
    });
  }
  return showProblem(
    dependencies,
    context,
    isExpected
      ? error
      : new Problem(500, 'Something went wrong on our side. Please try again.'),
  );
}

function showProblem(
  { settings }: Dependencies,
  context: Context,
  problem: Problem,
) {
  const { message, status, retryAfterSeconds } = problem;
  const requestId = requestIdOf(context);
  if (retryAfterSeconds) {
    context.header('retry-after', String(retryAfterSeconds));
  }
  if (
    context.req.path.startsWith('/api/') ||
    !context.req.header('accept')?.includes('text/html')
  ) {
    return context.json({ error: { message, requestId } }, status);
  }
  const { title, version } = settings;
  const heading = status >= 500 ? 'This did not work' : 'Not like this';
  return showPage(
    context,
    <ProblemPage {...{ title, version, heading, message, requestId }} />,
    status,
  );
}

const requestIds = new WeakMap<Context, string>();

/** The platform's id of the request, else one of our own. */
function requestIdOf(context: Context): string {
  const known = requestIds.get(context);
  if (known) {
    return known;
  }
  const id = context.req.header('x-vercel-id')?.slice(0, 100) ?? randomUUID();
  requestIds.set(context, id);
  return id;
}
