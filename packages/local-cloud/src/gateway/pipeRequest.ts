import { request as httpRequest } from 'node:http';
import type {
  Agent,
  IncomingMessage,
  OutgoingHttpHeaders,
  ServerResponse,
} from 'node:http';
import { connectionHeaders } from './headers';

export interface PipeOptions {
  request: IncomingMessage;
  response: ServerResponse;
  port: number;
  agent: Agent;
  headers: OutgoingHttpHeaders;
  /** How long the process may take until the head of its answer. */
  timeoutMillis: number;
}

/**
 * Sends a request on to a process and its answer back, both as they come.
 * Tells when the process gave none, or none in time.
 */
export async function pipeRequest(
  options: PipeOptions,
): Promise<'answered' | 'failed' | 'late'> {
  const outcome = await attempt(options);
  // A kept connection may end just when it is used again; with nothing sent
  // but a head, that does no harm to repeat.
  const { request, response } = options;
  if (outcome === 'stale' && !hasBody(request) && !response.closed) {
    const again = await attempt(options);
    return again === 'stale' ? 'failed' : again;
  }
  return outcome === 'stale' ? 'failed' : outcome;
}

function attempt(
  options: PipeOptions,
): Promise<'answered' | 'failed' | 'late' | 'stale'> {
  const { request, response } = options;
  return new Promise(resolve => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: options.port,
      method: request.method,
      path: request.url,
      headers: options.headers,
      agent: options.agent,
    });
    const leave = () => outgoing.destroy();
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      outgoing.destroy();
    }, options.timeoutMillis);
    outgoing.on('response', incoming => {
      clearTimeout(timer);
      response.writeHead(
        incoming.statusCode ?? 502,
        incoming.statusMessage,
        withOwnCookie(response, connectionHeaders(incoming.rawHeaders)),
      );
      incoming.pipe(response);
      incoming.on('error', () => response.destroy());
      incoming.on('aborted', () => response.destroy());
      resolve('answered');
    });
    outgoing.on('error', () => {
      clearTimeout(timer);
      response.off('close', leave);
      const lost = outgoing.reusedSocket ? 'stale' : 'failed';
      resolve(late ? 'late' : lost);
    });
    response.on('close', leave);
    if (hasBody(request)) {
      // The process may answer before the first byte of the body is here.
      outgoing.flushHeaders();
      request.pipe(outgoing);
    } else {
      outgoing.end();
    }
  });
}

/** Keeps a cookie of ours beside those of the process, which would replace it. */
function withOwnCookie(response: ServerResponse, headers: string[]): string[] {
  const own = response.getHeader('set-cookie');
  return own === undefined ? headers : [...headers, 'set-cookie', String(own)];
}

function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > 0
  );
}
