import { randomUUID } from 'node:crypto';
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
import { RequestRecorder } from './RequestRecorder';
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

const NOT_UPGRADED = 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n';

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
  headers?: Record<string, string>;
}

/**
 * Sends requests by their Host header to the processes of deployments, and
 * starts those that sleep.
 */
export class Gateway<D extends GatewayDeployment> {
  readonly requests = new RequestLog();
  readonly #directory: GatewayDirectory<D>;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  readonly #recorder = new RequestRecorder(this.requests);
  readonly #answerTimeoutMillis: number;
  #server: RunningServer | undefined;
  #stopping = false;

  constructor(
    directory: GatewayDirectory<D>,
    options: {
      /** How long a process may take until the head of its answer. */
      answerTimeoutMillis: number;
    },
  ) {
    this.#directory = directory;
    this.#answerTimeoutMillis = options.answerTimeoutMillis;
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

  /** Waits until no request is open, and at most the given time. */
  settle(mostMillis: number): Promise<void> {
    return this.#recorder.settle(mostMillis);
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
    for (const [name, value] of Object.entries(found.headers ?? {})) {
      response.setHeader(name, value);
    }
    const record =
      deployment &&
      this.#recorder.begin({
        id,
        deployment,
        request,
        ending: response,
        status: () => response.statusCode,
      });
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
    const outcome = await pipeRequest({
      request,
      response,
      port,
      agent: this.#agent,
      headers: forwardedHeaders(request, id),
      timeoutMillis: this.#answerTimeoutMillis,
    });
    if (outcome === 'answered') return undefined;
    const late = outcome === 'late' ? pages.TIMEOUT : pages.NO_RESPONSE;
    // Nobody waits any more: not the deployment's fault.
    const page = response.closed ? pages.CLIENT_CLOSED : late;
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
    if (!deployment || error || redirect) {
      socket.end(NOT_UPGRADED);
      return;
    }
    const id = `dev1::${randomUUID()}`;
    let status = 502;
    const record = this.#recorder.begin({
      id,
      deployment,
      request,
      ending: socket,
      status: () => status,
    });
    const upstream = await this.#acquire(deployment);
    if ('code' in upstream || upstream.kind === 'static') {
      status = 'code' in upstream ? upstream.status : 404;
      record({ kind: 'gateway' });
      socket.end(NOT_UPGRADED);
      return;
    }
    record({ kind: 'process' });
    socket.once('close', upstream.endUse);
    if (socket.destroyed) upstream.endUse();
    proxyUpgrade({
      request,
      socket,
      head,
      port: upstream.port,
      headers: forwardedHeaders(request, id),
      onAnswer: answer => {
        status = answer;
      },
    });
  }

  #find(request: IncomingMessage): Found<D> {
    const destination = this.#directory.find(hostName(request));
    if (!destination) return { error: pages.DEPLOYMENT_NOT_FOUND };
    if ('redirect' in destination) return destination;
    const picked = pickDeployment(destination, request);
    if (destination.paused) {
      return { ...picked, error: pages.DEPLOYMENT_PAUSED };
    }
    switch (picked.deployment.state) {
      case 'READY':
        return picked;
      case 'QUEUED':
      case 'BUILDING':
        return { ...picked, error: pages.DEPLOYMENT_NOT_READY };
      default:
        return { ...picked, error: pages.DEPLOYMENT_FAILED };
    }
  }
}

function hostName(request: IncomingMessage): string {
  return (request.headers.host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '');
}
