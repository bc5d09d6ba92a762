import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

// They concern one connection, and there are two.
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
]);

/** Headers for the deployment: the client's, and where the request came from. */
export function forwardedHeaders(
  request: IncomingMessage,
  id: string,
): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    // What a client writes into the platform's own headers is not believed.
    if (!HOP_BY_HOP.has(name) && !name.startsWith('x-vercel-')) {
      headers[name] = value;
    }
  }
  const address = request.socket.remoteAddress ?? '127.0.0.1';
  return {
    ...headers,
    'x-forwarded-for': address,
    'x-real-ip': address,
    'x-forwarded-host': request.headers.host,
    'x-forwarded-proto': 'http',
    'x-vercel-id': id,
    'x-vercel-deployment-url': request.headers.host,
  };
}

/** Headers for the client, in the deployment's order and with its repetitions. */
export function connectionHeaders(rawHeaders: string[]): string[] {
  const headers: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (!HOP_BY_HOP.has(rawHeaders[index].toLowerCase())) {
      headers.push(rawHeaders[index], rawHeaders[index + 1]);
    }
  }
  return headers;
}
