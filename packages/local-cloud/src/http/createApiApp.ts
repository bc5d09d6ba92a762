import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import express from 'express';
import Router from 'express-promise-router';
import { Log } from '../Log';
import { ApiError, ErrorShape, toApiError } from './ApiError';
import { FaultBook, faultSchema } from './FaultBook';
import { isLoopbackHost, isLoopbackPeer } from './loopback';
import { Caller, readToken, TokenBook } from './TokenBook';

/** Says how one origin differs from the other. */
export interface ApiAppOptions {
  tokens: TokenBook;
  faults: FaultBook;
  log: Log;
  errorShape: ErrorShape;
  /** Name of the reply header that carries the request id. */
  requestIdHeader: string;
  /** The answer to a missing or unknown token. */
  unauthorized: (request: express.Request) => ApiError;
  /** Tells which requests are served without a token; a wrong token is refused all the same. */
  anonymous?: (request: express.Request) => boolean;
  /** Limit of a JSON body. */
  jsonLimit?: string;
  /** Mounts the routes. */
  routes: (router: express.Router) => void;
}

/** Reads who sent a request; undefined where the origin serves anonymous requests. */
export function findCaller(response: express.Response): Caller | undefined {
  return response.locals.caller;
}

/** Reads who sent a request, where a token is required. */
export function getCaller(response: express.Response): Caller {
  const caller = findCaller(response);
  if (!caller) {
    throw new ApiError(401, 'Requires authentication');
  }
  return caller;
}

function faultRoutes(options: ApiAppOptions): express.Router {
  const { faults, tokens } = options;
  const router = Router();
  router.use((request, response, next) => {
    const token = readToken(request);
    if (!isLoopbackPeer(request) || !token || !tokens.find(token)) {
      throw options.unauthorized(request);
    }
    response.setHeader('cache-control', 'no-store');
    next();
  });
  router.use(express.json({ limit: '64kb' }));
  router.get('/faults', (_request, response) => {
    response.json({ faults: faults.list() });
  });
  router.post('/faults', (request, response) => {
    const parsed = faultSchema.safeParse(request.body);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new ApiError(
        400,
        `Fault is not valid: ${issue.path.join('.')} ${issue.message}`.trim(),
        { code: 'bad_request' },
      );
    }
    response.status(201).json(faults.add(parsed.data));
  });
  router.delete('/faults', (_request, response) => {
    faults.clear();
    response.status(204).end();
  });
  router.delete('/faults/:id', (request, response) => {
    if (!faults.remove(request.params.id)) {
      throw new ApiError(404, `Fault '${request.params.id}' does not exist`, {
        code: 'not_found',
      });
    }
    response.status(204).end();
  });
  return router;
}

/** Lets the work be done, keeps the reply back, and breaks the connection where it would have ended. */
function dropReply(request: express.Request, response: express.Response) {
  response.writeHead = () => response;
  response.write = () => true;
  response.flushHeaders = () => {};
  response.end = () => {
    request.socket.destroy();
    return response;
  };
}

function injectFaults(options: ApiAppOptions): express.RequestHandler {
  return async (request, response, next) => {
    const fault = options.faults.take(request);
    if (!fault) {
      next();
      return;
    }
    if (fault.latencyMilliseconds) {
      await delay(fault.latencyMilliseconds);
    }
    if (fault.drop === 'request') {
      request.socket.destroy();
      return;
    }
    if (fault.drop === 'reply') {
      dropReply(request, response);
    }
    if (fault.status === undefined) {
      next();
      return;
    }
    response.set(fault.headers ?? {}).status(fault.status);
    if (typeof fault.body === 'string') {
      response.send(fault.body);
    } else {
      const body =
        fault.body ??
        options.errorShape(
          new ApiError(fault.status, `Injected fault ${fault.status}`, {
            code: 'injected_fault',
          }),
        );
      response.json(body);
    }
  };
}

function authenticate(options: ApiAppOptions): express.RequestHandler {
  return (request, response, next) => {
    const token = readToken(request);
    const caller = token === undefined ? undefined : options.tokens.find(token);
    const anonymous =
      token === undefined && (options.anonymous?.(request) ?? false);
    if (!caller && !anonymous) {
      throw options.unauthorized(request);
    }
    response.locals.caller = caller;
    next();
  };
}

function handleErrors(options: ApiAppOptions): express.ErrorRequestHandler {
  return (error, request, response, _next) => {
    const answer = toApiError(error);
    if (answer.status >= 500) {
      const stack = error instanceof Error ? error.stack : String(error);
      options.log.error(`${request.method} ${request.path}: ${stack}`);
    }
    if (response.headersSent) {
      request.socket.destroy();
      return;
    }
    response
      .status(answer.status)
      .set(answer.headers)
      .json(options.errorShape(answer));
  };
}

/**
 * Makes the express application of one origin.
 *
 * Order: request id, Host check, `/_local/*`, faults, token, JSON body, routes,
 * 404, errors. Faults come before the token, as an outage of the real thing would.
 */
export function createApiApp(options: ApiAppOptions): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  const router = Router();
  router.use((request, response, next) => {
    response.setHeader(options.requestIdHeader, randomUUID());
    response.setHeader('x-content-type-options', 'nosniff');
    if (!isLoopbackHost(request.headers.host)) {
      throw new ApiError(421, 'local-cloud answers only to loopback names', {
        code: 'misdirected_request',
      });
    }
    next();
  });
  router.get('/_local/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.use('/_local', faultRoutes(options));
  router.use(injectFaults(options));
  router.use(authenticate(options));
  router.use(
    express.json({
      limit: options.jsonLimit ?? '30mb',
      type: ['application/json', 'application/*+json', 'text/plain'],
    }),
  );
  options.routes(router);
  router.use(() => {
    throw new ApiError(404, 'Not Found', { code: 'not_found' });
  });
  app.use(router);
  app.use(handleErrors(options));
  return app;
}
