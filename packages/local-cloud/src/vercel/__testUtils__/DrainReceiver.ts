import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that the receiver was sent. */
export interface ReceivedBatch {
  headers: IncomingHttpHeaders;
  raw: Buffer;
}

/** Takes what drains send, and refuses it or loses the reply when it is told to. */
export class DrainReceiver {
  readonly url: string;
  readonly batches: ReceivedBatch[] = [];
  /** What happens to the next requests; taken with 200 when it is empty. */
  readonly behavior: ('refuse' | 'lose')[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    this.url = `http://127.0.0.1:${port}/drain`;
  }

  static async start(): Promise<DrainReceiver> {
    const batches: ReceivedBatch[] = [];
    const behavior: ('refuse' | 'lose')[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', chunk => chunks.push(chunk));
      request.on('end', () => {
        const next = behavior.shift();
        if (next === 'refuse') {
          response.writeHead(500).end();
          return;
        }
        batches.push({ headers: request.headers, raw: Buffer.concat(chunks) });
        if (next === 'lose') request.socket.destroy();
        else response.end();
      });
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const receiver = new DrainReceiver(server);
    Object.assign(receiver, { batches, behavior });
    return receiver;
  }

  /** The rows of the batches, whatever their encoding. */
  rows<T>(): T[] {
    return this.batches.flatMap(({ raw, headers }) => {
      const text = raw.toString('utf8');
      return headers['content-type'] === 'application/x-ndjson'
        ? text
            .trimEnd()
            .split('\n')
            .map(line => JSON.parse(line))
        : JSON.parse(text);
    });
  }

  clear(): void {
    this.batches.length = 0;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }
}

/** Signs as the platform does. */
export function signatureOf(raw: Buffer, secret: string): string {
  return createHmac('sha1', secret).update(raw).digest('hex');
}
