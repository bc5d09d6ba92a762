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
}

/**
 * Sends a request on to a process and its answer back, both as they come.
 * Answers false when the process gave none.
 */
export async function pipeRequest(options: PipeOptions): Promise<boolean> {
  const outcome = await attempt(options);
  // A kept connection may end just when it is used again; with nothing sent
  // but a head, that does no harm to repeat.
  if (outcome === 'stale' && !hasBody(options.request)) {
    return (await attempt(options)) === 'answered';
  }
  return outcome === 'answered';
}

function attempt(
  options: PipeOptions,
): Promise<'answered' | 'failed' | 'stale'> {
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
    outgoing.on('response', incoming => {
      response.writeHead(
        incoming.statusCode ?? 502,
        incoming.statusMessage,
        connectionHeaders(incoming.rawHeaders),
      );
      incoming.pipe(response);
      incoming.on('error', () => response.destroy());
      incoming.on('aborted', () => response.destroy());
      resolve('answered');
    });
    outgoing.on('error', () => {
      response.off('close', leave);
      resolve(outgoing.reusedSocket ? 'stale' : 'failed');
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

function hasBody({ headers }: IncomingMessage): boolean {
  return (
    headers['transfer-encoding'] !== undefined ||
    Number(headers['content-length'] ?? 0) > 0
  );
}
