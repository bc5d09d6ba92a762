import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Agent } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { listen, type RunningServer } from '../http';
import { LaunchError, type Upstream } from '../runtime';
import * as pages from './errorPages';
import { sendError, type GatewayError } from './errorPages';
import { forwardedHeaders } from './headers';
import { pipeRequest } from './pipeRequest';
import { pickDeployment, type Destination } from './pickDeployment';
import { RequestLog, type ServedRequest } from './RequestLog';
import { sendStaticFile } from './staticFiles';
import { proxyUpgrade } from './upgrade';

/** A deployment as the gateway sees it. */
export interface GatewayDeployment {
  id: string;
  projectId: string;
  target?: 'production';
  state: string;
}

/** What the gateway must know of the platform. */
export interface GatewayDirectory<D extends GatewayDeployment> {
  /** Looks a host name up, without port. */
  find(
    host: string,
  ):
    | (Destination<D> & { paused: boolean })
    | { redirect: Redirect; deployment?: D }
    | undefined;
  /** Answers where a ready deployment can be reached, started if need be. */
  acquire(deployment: D): Promise<Upstream>;
}

/** Where a name sends its visitors on. */
interface Redirect {
  location: string;
  status: number;
}

/** What a host name leads to, and on whose behalf the gateway answers itself. */
interface Found<D> {
  deployment?: D;
  error?: GatewayError;
  redirect?: Redirect;
}

/**
 * Sends requests by their Host header to the processes of deployments, and
 * starts those that sleep.
 */
export class Gateway<D extends GatewayDeployment> {
  readonly requests = new RequestLog();
  readonly #directory: GatewayDirectory<D>;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  readonly #events = new EventEmitter();
  #server: RunningServer | undefined;
  #stopping = false;
  #open = 0;

  constructor(directory: GatewayDirectory<D>) {
    this.#directory = directory;
  }

  async start(options: { host: string; port: number }): Promise<RunningServer> {
    const server = await listen(
      (request, response) => {
        this.#serve(request, response).catch(() => response.destroy());
      },
      { name: 'gateway', ...options },
    );
    server.server.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head).catch(() => socket.destroy());
    });
    this.#server = server;
    return server;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#server?.stop();
    this.#agent.destroy();
  }

  async #serve(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const id = `dev1::${randomUUID()}`;
    response.setHeader('server', 'Vercel');
    response.setHeader('x-vercel-id', id);
    const found = this.#find(request);
    const { deployment } = found;
    const record =
      deployment && this.#beginRecord({ id, deployment, request, response });
    let kind: ServedRequest['kind'] = found.redirect ? 'redirect' : 'gateway';
    let { error } = found;
    try {
      if (found.redirect) {
        const location = found.redirect.location + (request.url ?? '/');
        response.writeHead(found.redirect.status, { location }).end();
      } else if (error || !deployment) {
        sendError(response, error ?? pages.DEPLOYMENT_NOT_FOUND, id);
      } else {
        kind = 'process';
        const upstream = await this.#acquire(deployment);
        if ('code' in upstream) {
          error = upstream;
          sendError(response, upstream, id);
        } else {
          ({ kind } = upstream);
          error = await this.#forward(request, response, upstream, id);
        }
      }
    } finally {
      record?.({ kind, error });
    }
  }

  /** Starts the clock of a request; call the answer when it is known who answers. */
  #beginRecord(options: {
    id: string;
    deployment: D;
    request: IncomingMessage;
    response: ServerResponse;
  }): (
    outcome: Pick<ServedRequest, 'kind'> & { error?: GatewayError },
  ) => void {
    const { id, deployment, request, response } = options;
    const at = Date.now();
    const started = performance.now();
    const bytesBefore = request.socket.bytesWritten;
    this.#open += 1;
    let outcome: { kind: ServedRequest['kind']; error?: GatewayError };
    const end = () => {
      this.requests.add({
        id,
        at,
        projectId: deployment.projectId,
        deploymentId: deployment.id,
        target: deployment.target ?? 'preview',
        status: response.statusCode,
        durationMillis: performance.now() - started,
        responseBytes: request.socket.bytesWritten - bytesBefore,
        ...describeRequest(request),
        kind: outcome.kind,
        error: outcome.error?.code,
      });
      this.#open -= 1;
      if (this.#open === 0) this.#events.emit('settled');
    };
    return known => {
      outcome = known;
      if (response.closed) end();
      else response.once('close', end);
    };
  }

  /** Waits until no request is open, and at most the given time. */
  async settle(mostMillis: number): Promise<void> {
    if (this.#open === 0) return;
    await once(this.#events, 'settled', {
      signal: AbortSignal.timeout(mostMillis),
    }).catch(() => undefined);
  }

  /** Answers where the deployment can be reached, or why it cannot. */
  async #acquire(deployment: D): Promise<Upstream | GatewayError> {
    try {
      return await this.#directory.acquire(deployment);
    } catch (error) {
      return this.#stopping || !(error instanceof LaunchError)
        ? pages.UNAVAILABLE
        : pages.INVOCATION_FAILED;
    }
  }

  /** Answers the request from the deployment, or tells why not. */
  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: Upstream,
    id: string,
  ): Promise<GatewayError | undefined> {
    if (upstream.kind === 'static') {
      const { root } = upstream;
      return this.#sendFile(root, request, response, id);
    }
    const { endUse, port } = upstream;
    response.once('close', endUse);
    if (response.closed) endUse();
    const answered = await pipeRequest({
      request,
      response,
      port,
      agent: this.#agent,
      headers: forwardedHeaders(request, id),
    });
    if (answered) return undefined;
    // Nobody waits any more: not the deployment's fault.
    const page = response.closed ? pages.CLIENT_CLOSED : pages.NO_RESPONSE;
    sendError(response, page, id);
    return page;
  }

  async #sendFile(
    root: string,
    request: IncomingMessage,
    response: ServerResponse,
    id: string,
  ): Promise<GatewayError | undefined> {
    const readable = request.method === 'GET' || request.method === 'HEAD';
    if (readable && (await sendStaticFile(root, request, response))) {
      return undefined;
    }
    const page: GatewayError = readable
      ? {
          status: 404,
          code: 'NOT_FOUND',
          message: 'The page could not be found.',
        }
      : {
          status: 405,
          code: 'INVALID_REQUEST_METHOD',
          message: 'A static deployment can only be read.',
        };
    sendError(response, page, id);
    return page;
  }

  async #upgrade(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    const { deployment, error, redirect } = this.#find(request);
    const upstream =
      deployment && !error && !redirect
        ? await this.#directory.acquire(deployment)
        : undefined;
    if (upstream?.kind !== 'process') {
      socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
      return;
    }
    socket.once('close', upstream.endUse);
    if (socket.destroyed) upstream.endUse();
    proxyUpgrade({
      request,
      socket,
      head,
      port: upstream.port,
      headers: forwardedHeaders(request, `dev1::${randomUUID()}`),
    });
  }

  #find(request: IncomingMessage): Found<D> {
    const destination = this.#directory.find(hostName(request));
    if (!destination) return { error: pages.DEPLOYMENT_NOT_FOUND };
    if ('redirect' in destination) return destination;
    const deployment = pickDeployment(destination, request);
    if (destination.paused) {
      return { deployment, error: pages.DEPLOYMENT_PAUSED };
    }
    switch (deployment.state) {
      case 'READY':
        return { deployment };
      case 'QUEUED':
      case 'BUILDING':
        return { deployment, error: pages.DEPLOYMENT_NOT_READY };
      default:
        return { deployment, error: pages.DEPLOYMENT_FAILED };
    }
  }
}

function describeRequest(request: IncomingMessage) {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark),
    userAgent: request.headers['user-agent'],
    referer: request.headers.referer,
    clientAddress: request.socket.remoteAddress ?? '127.0.0.1',
  };
}

function hostName(request: IncomingMessage): string {
  return (request.headers.host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '');
}
