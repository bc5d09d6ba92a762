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
import { RequestLog } from './RequestLog';
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
    | { redirect: { location: string; status: number } }
    | undefined;
  /** Answers where a ready deployment can be reached, started if need be. */
  acquire(deployment: D): Promise<Upstream>;
}

type Found<D> = { deployment: D } | { error: GatewayError } | Redirect;
type Redirect = { redirect: { location: string; status: number } };

/**
 * Sends requests by their Host header to the processes of deployments, and
 * starts those that sleep.
 */
export class Gateway<D extends GatewayDeployment> {
  readonly requests = new RequestLog();
  readonly #directory: GatewayDirectory<D>;
  readonly #agent = new Agent({ keepAlive: true, maxFreeSockets: 32 });
  #server: RunningServer | undefined;
  #stopping = false;

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
    const started = Date.now();
    const id = `dev1::${randomUUID()}`;
    response.setHeader('server', 'Vercel');
    response.setHeader('x-vercel-id', id);
    const found = this.#find(request);
    if ('redirect' in found) {
      const location = found.redirect.location + (request.url ?? '/');
      response.writeHead(found.redirect.status, { location }).end();
      return;
    }
    if ('error' in found) {
      sendError(response, found.error, id);
      return;
    }
    const { deployment } = found;
    const bytesBefore = request.socket.bytesWritten;
    const error = await this.#forward(request, response, deployment, id);
    const record = () =>
      this.requests.add({
        id,
        at: started,
        projectId: deployment.projectId,
        deploymentId: deployment.id,
        target: deployment.target ?? 'preview',
        method: request.method ?? 'GET',
        host: request.headers.host ?? '',
        path: (request.url ?? '/').split('?', 1)[0],
        status: response.statusCode,
        durationMillis: Date.now() - started,
        responseBytes: request.socket.bytesWritten - bytesBefore,
        error: error?.code,
      });
    if (response.closed) record();
    else response.once('close', record);
  }

  /** Answers the request from the deployment, or tells why not. */
  async #forward(
    request: IncomingMessage,
    response: ServerResponse,
    deployment: D,
    id: string,
  ): Promise<GatewayError | undefined> {
    let upstream: Upstream;
    try {
      upstream = await this.#directory.acquire(deployment);
    } catch (error) {
      const page =
        this.#stopping || !(error instanceof LaunchError)
          ? pages.UNAVAILABLE
          : pages.INVOCATION_FAILED;
      sendError(response, page, id);
      return page;
    }
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
    sendError(response, pages.NO_RESPONSE, id);
    return pages.NO_RESPONSE;
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
    const found = this.#find(request);
    const upstream =
      'deployment' in found
        ? await this.#directory.acquire(found.deployment)
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
    if (destination.paused) return { error: pages.DEPLOYMENT_PAUSED };
    const deployment = pickDeployment(destination, request);
    switch (deployment.state) {
      case 'READY':
        return { deployment };
      case 'QUEUED':
      case 'BUILDING':
        return { error: pages.DEPLOYMENT_NOT_READY };
      default:
        return { error: pages.DEPLOYMENT_FAILED };
    }
  }
}

function hostName(request: IncomingMessage): string {
  return (request.headers.host ?? '')
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '');
}
