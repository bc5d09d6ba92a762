import { request as httpRequest } from 'node:http';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';

/** Joins a client's connection with one of a deployment, as for WebSockets. */
export function proxyUpgrade(options: {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  port: number;
  headers: OutgoingHttpHeaders;
  /** Hears the status that the deployment answers with. */
  onAnswer: (status: number) => void;
}): void {
  const { request, socket, head } = options;
  const outgoing = httpRequest({
    host: '127.0.0.1',
    port: options.port,
    method: request.method,
    path: request.url,
    agent: false,
    headers: {
      ...options.headers,
      connection: 'Upgrade',
      upgrade: request.headers.upgrade,
    },
  });
  outgoing.on('upgrade', (answer, upstream, upstreamHead) => {
    options.onAnswer(101);
    socket.write(headOf(answer));
    if (upstreamHead.length > 0) socket.write(upstreamHead);
    if (head.length > 0) upstream.write(head);
    upstream.pipe(socket).pipe(upstream);
    upstream.on('error', () => socket.destroy());
    upstream.on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
  });
  outgoing.on('response', answer => {
    options.onAnswer(answer.statusCode ?? 502);
    // The deployment declined: pass its answer on and end.
    socket.write(headOf(answer, { connection: 'close' }));
    answer.pipe(socket);
  });
  outgoing.on('error', () => socket.destroy());
  socket.on('error', () => outgoing.destroy());
  outgoing.end();
}

function headOf(
  answer: IncomingMessage,
  extra: Record<string, string> = {},
): string {
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let index = 0; index < answer.rawHeaders.length; index += 2) {
    const name = answer.rawHeaders[index].toLowerCase();
    // Node has already undone the chunks.
    if (name in extra || name === 'transfer-encoding') continue;
    lines.push(`${answer.rawHeaders[index]}: ${answer.rawHeaders[index + 1]}`);
  }
  for (const [name, value] of Object.entries(extra)) {
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
